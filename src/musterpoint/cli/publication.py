"""`publication`: the public post, from the decision to the website."""

from __future__ import annotations

from typing import Any

from musterpoint import actions
from musterpoint.actions.writeup import Written
from musterpoint.cli.answer import Answer
from musterpoint.cli.running import Session
from musterpoint.core.aftermath import Decision
from musterpoint.core.incident import read_time
from musterpoint.reading import publication as reading

DECISIONS = {"publish": Decision.PUBLISH, "skip": Decision.SKIP, "undecided": None}


def publication(session: Session) -> Answer:
    verbs = {
        "show": _show,
        "decide": _decide,
        "draft": _draft,
        "rows": _rows,
        "edit": _edit,
        "check": _check,
        "publish": _publish,
    }
    return verbs[session.options.what](session)


def _show(session: Session) -> Answer:
    shape = reading.publication(session.call(), session.options.ref)
    ref, now = shape["incident"], shape["publication"]
    lines = [_decided(now), *_where(ref, now)]
    if shape["written_by"]:
        lines.append(f"The text that stands is in the words of {shape['written_by']}.")
    if shape["unpublished"]:
        lines.append(f"The text that stands is not the one on the website: publication publish {ref}")
    for each in shape["actions_since"]:
        lines.append(f"Since then action {each['number']} is {each['status']}: {each['title']}")
    if shape["changed"]:
        lines += ["", "The record has changed since:", "", shape["changed"]]
    if shape["blocked"]:
        lines.append(f"It holds what the public must not see ({', '.join(shape['blocked'])}): publication check {ref}")
    return Answer(shape, "\n".join(lines))


def _decided(now: dict[str, Any]) -> str:
    if not now["decided"]:
        return "Nobody has decided about the public post yet; the default is to publish one."
    by = f" ({now['by']}, {read_time(now['at']):%Y-%m-%d %H:%M} UTC)" if now["by"] else ""
    because = f": {now['reason']}" if now["reason"] else ""
    return f"{'A post is published' if now['decision'] == 'publish' else 'No post is published'}{by}{because}."


def _where(ref: str, now: dict[str, Any]) -> list[str]:
    if now["decision"] == "skip":
        return [f"To take that back: publication decide {ref} publish"]
    if now["published"]:
        where = now["where"] if now["path"] in now["where"] else f"{now['path']} ({now['where']})"
        return [f"Revision {now['revision']} is on the website: {where}", f"  {now['url']}"]
    if now["revision"]:
        return [f"Revision {now['revision']} is on its way to {now['path']}: `musterpoint effects`"]
    return [f"It is not on the website yet. See it: publication draft {ref}. Publish it: publication publish {ref}"]


def _decide(session: Session) -> Answer:
    options, call = session.options, session.call()
    entry = actions.decide_publication(call, options.ref, DECISIONS[options.decision], options.reason)
    shape = reading.publication_of(call, options.ref)
    shape["entry"] = {"id": entry.id, "ref": entry.ref, "kind": entry.kind}
    now = shape["publication"]
    return Answer(shape, "\n".join([_decided(now), *_where(options.ref, now)]))


def _draft(session: Session) -> Answer:
    shape = reading.draft(session.call(), session.options.ref)
    return Answer(shape, shape["text"].rstrip())


def _rows(session: Session) -> Answer:
    shape = reading.public_rows(session.call(), session.options.ref)
    lines = [
        f"{read_time(each['at']):%Y-%m-%d %H:%M} {'●' if each['public'] else '·'} {_number(each)}  {each['text']}"
        f"  ({each['why']})"
        for each in shape["rows"]
    ]
    ref = shape["incident"]
    more = f"● public   change it with: timeline {ref} --public ENTRY, timeline {ref} --private ENTRY"
    empty = "There is nothing to tell yet: no milestone has a time, and no row is kept."
    return Answer(shape, "\n".join([*lines, "", more]) if lines else empty)


def _number(row: dict[str, Any]) -> str:
    return f"{row['entry'] or '-':>5}"


def _edit(session: Session) -> Answer:
    options, call = session.options, session.call()
    if options.composed:
        return _written(options.ref, actions.reset_post(call, options.ref))
    if options.file:
        return _written(options.ref, actions.write_post(call, options.ref, session.file(options.file)))
    shown = reading.draft(call, options.ref)["source"]
    draft = f"post-{options.ref}.md"
    shown, text = session.here.edited(shown, draft)
    if text.strip() == shown.strip():
        session.here.finished(draft)
        return Answer({"incident": options.ref, "entry": None, "aside": False}, "Nothing was changed.")
    written = actions.write_post(call, options.ref, text, shown)
    session.here.finished(draft)
    return _written(options.ref, written)


def _written(ref: str, written: Written) -> Answer:
    entry, stands = written.entry, written.stands
    data: dict[str, Any] = {
        "incident": ref,
        "entry": {"id": entry.id, "ref": entry.ref, "kind": entry.kind} if entry else None,
        "aside": written.aside,
        "text": stands.text,
    }
    if written.aside and entry is not None:
        who = stands.who.name if stands.who else "Somebody"
        mine = next((each.text for each in stands.versions if each.number == entry.id), "")
        data["yours"] = mine
        text = (
            f"{who} wrote the post meanwhile, and their text stands. Yours is kept as version {entry.id}.\n"
            f"Put both together with: publication edit {ref}\n\n"
            f"--- the text that stands\n{stands.text}\n\n--- yours\n{mine}"
        )
        return Answer(data, text)
    if entry is None:
        return Answer(data, "Nothing was changed.")
    words = f"The post is in your words now. Next: publication check {ref}, publication publish {ref}"
    return Answer(data, words if stands.version else "The post is composed from the record again.")


def _check(session: Session) -> Answer:
    shape = reading.post_check(session.call(), session.options.ref)
    lines = [
        f"{'✗' if each['grave'] else '!'} {each['part']}: {each['text']}\n    {each['passage']}"
        for each in shape["advice"]
    ]
    if any(each["grave"] for each in shape["advice"]):
        lines.append("✗ keeps it from being published, unless --anyway says that it may be there.")
    return Answer(shape, "\n".join(lines) or "Nothing to point out.")


def _publish(session: Session) -> Answer:
    options, call = session.options, session.call()
    actions.publish(call, options.ref, anyway=options.anyway)

    def told() -> Answer:
        shape = reading.publication_of(call, options.ref)
        return Answer(shape, "\n".join(_where(options.ref, shape["publication"])))

    return Answer(afterwards=told)
