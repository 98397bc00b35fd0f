"""Tries the way back from GitHub: whether it calls us, as it should, and whether that arrives. Nobody has to be called:
without a webhook we ask, every `[github] poll_every` seconds.

https://docs.github.com/en/rest/apps/webhooks, https://docs.github.com/en/rest/repos/webhooks
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from musterpoint.core.decision import NotAllowed
from musterpoint.integrations.github.answers import Refusal, Trouble
from musterpoint.integrations.github.manifest import EVENTS, hook_address
from musterpoint.integrations.github.trial import Object, Trial, Tried, worth_a_word, wrong

#: So many of the last deliveries are looked at.
LAST = 20
_THE_SAME = "Set the webhook's secret at GitHub and the same in GITHUB_WEBHOOK_SECRET; then restart."


def webhook(trial: Trial) -> Tried | None:
    if not trial.repository:
        return None
    every = f"every {trial.process.github_poll_every:g} s"
    try:
        trial.hook = _of_the_app(trial) if trial.keys.as_app else _of_the_repository(trial)
    except (Trouble, Refusal):
        trial.hook = None
    if trial.hook:
        return _faults(trial, trial.hook) or Tried(f"GitHub calls {trial.hook['config']['url']} with what happens.")
    if not trial.keys.webhook_secret:
        return Tried(f"Poll-only: we ask GitHub {every}, and nothing has to reach this machine.")
    if trial.hook is None:
        told = "GITHUB_WEBHOOK_SECRET is set; the webhook itself we must not see."
        return Tried(f"{told} The repository's Settings, Webhooks show whether what GitHub sends arrives.")
    told = f"GITHUB_WEBHOOK_SECRET is set, but GitHub has no webhook to us. We ask {every} meanwhile."
    ours = _our_address(trial)
    return worth_a_word(told, f"Make it (docs/github.md){f' for {ours}' if ours else ''}, or empty the variable.")


def _our_address(trial: Trial) -> str:
    """Empty where GitHub could not reach us."""
    try:
        return hook_address(trial.address)
    except NotAllowed:
        return ""


def _of_the_app(trial: Trial) -> Object:
    try:
        config = trial.ask("/app/hook/config", as_app=True).data or {}
    except Refusal as error:
        if error.status != 404:
            raise
        config = {}
    if not config.get("url"):
        return {}
    return {"config": config, "events": trial.installed.get("events") or [], "deliveries": "/app/hook/deliveries"}


def _of_the_repository(trial: Trial) -> Object:
    """The one that has our address, else one that has our path: its address may be an old one."""
    hooks: list[Any] = trial.ask(f"/repos/{trial.repository}/hooks", per_page=100).data
    ours = _our_address(trial)
    found = [each for each in hooks if str(each["config"].get("url", "")).rstrip("/").endswith("/hooks/github")]
    found.sort(key=lambda each: bool(each["config"]["url"] != ours))
    return dict(found[0]) if found else {}


def _faults(trial: Trial, hook: Object) -> Tried | None:
    """The first thing that is wrong with it."""
    config, place, ours = hook["config"], _place(trial), _our_address(trial)
    if not ours:
        told = f"GitHub calls {config['url']}, and MUSTERPOINT_ADDRESS is {trial.address or 'not set'}."
        return wrong(told, "Set MUSTERPOINT_ADDRESS to the https address of this installation, and restart.")
    if str(config["url"]).rstrip("/") != ours:
        return wrong(f"GitHub calls {config['url']}; our address is {ours}.", f"Change it in {place}.")
    if hook.get("active") is False:
        return wrong("The webhook is not active.", f"Tick Active in {place}.")
    if not trial.keys.webhook_secret:
        return wrong("GITHUB_WEBHOOK_SECRET is empty: whatever GitHub sends is refused.", _THE_SAME)
    if not config.get("secret"):
        return wrong("GitHub sends without a secret: whatever it sends is refused.", _THE_SAME)
    if config.get("content_type", "json") != "json":
        return wrong("GitHub sends forms; only JSON is understood.", f"Choose application/json in {place}.")
    missing = [each for each in EVENTS if each not in hook["events"] and "*" not in hook["events"]]
    if missing:
        told = "; ".join(f"{each}, for {EVENTS[each]}" for each in missing)
        return worth_a_word(f"GitHub does not tell us of: {told}.", f"Tick it in {place}. It is polled meanwhile.")
    return None


def _place(trial: Trial) -> str:
    if trial.keys.as_app:
        return "the app's settings (General, Webhook; Permissions & events)"
    return f"the settings of {trial.repository} (Webhooks)"


def deliveries(trial: Trial) -> Tried | None:
    """GitHub never sends again by itself; what was missed is found by polling."""
    if not trial.hook:
        return None
    if "deliveries" not in trial.hook:
        return _last_response(trial.hook)
    told: list[Any] = trial.ask(str(trial.hook["deliveries"]), as_app=True, per_page=LAST).data
    if not told:
        return Tried("GitHub has not sent anything yet.")
    failed = [each for each in told if not 200 <= int(each["status_code"] or 0) < 300]
    newest = max(told, key=lambda each: str(each["delivered_at"]))
    if newest in failed:
        at = f"{datetime.fromisoformat(newest['delivered_at']):%Y-%m-%d %H:%M} UTC"
        said = f"{newest['status_code'] or ''} {newest['status']}".strip()
        return wrong(f"The last delivery ({at}) failed: {said}.", _ARRIVES)
    if failed:
        return Tried(
            f"The last one arrived. {len(failed)} of {len(told)} before did not: they were made up by polling."
        )
    return Tried(f"All of the last {len(told)} arrived.")


_ARRIVES = (
    "See that GitHub reaches the address (firewall, certificate, proxy), and that GITHUB_WEBHOOK_SECRET is the "
    "webhook's secret (status 401). Nothing is lost: it is polled meanwhile."
)


def _last_response(hook: Object) -> Tried | None:
    last = hook.get("last_response") or {}
    code = last.get("code")
    if code is None:
        return Tried("GitHub has not sent anything lately.")
    if 200 <= int(code) < 300:
        return Tried("The last delivery arrived.")
    return wrong(
        f"The last delivery failed: {code} {last.get('message') or last.get('status') or ''}".strip(), _ARRIVES
    )
