// The thread with JavaScript: keys, the way to what is new, and a calm word while the server does not answer.
"use strict";
(() => {
  const thread = document.getElementById("thread");
  if (!thread) return;
  const entries = document.getElementById("entries"), newer = document.getElementById("newer");
  const away = document.getElementById("away"), keys = document.getElementById("keys");
  const note = document.getElementById("note-text"), aside = document.getElementById("aside");

  // --- where one reads: at the end one stays there; elsewhere nothing moves, and a button tells of what is new ---
  // The list is laid out from its end: scrollTop is 0 there and negative above.
  const atEnd = () => thread.scrollTop > -40;
  let before = null;
  const isPoll = (event) => event.detail.elt && event.detail.elt.id === "live";
  document.addEventListener("htmx:beforeSwap", (event) => {
    before = isPoll(event) ? { end: atEnd(), top: thread.scrollTop, height: thread.scrollHeight } : null;
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (!before) return;
    thread.scrollTop = before.end ? 0 : before.top - (thread.scrollHeight - before.height);
    before = null;
    tell();
  });
  const unseen = () => {
    const bottom = thread.getBoundingClientRect().bottom;
    return [...entries.querySelectorAll(".entry.new:not([data-seen])")].filter((entry) => {
      const box = entry.getBoundingClientRect();
      const seen = box.top < bottom && box.bottom > thread.getBoundingClientRect().top;
      if (seen) entry.dataset.seen = "";
      return !seen;
    });
  };
  const tell = () => {
    const left = unseen();
    newer.hidden = left.length === 0;
    newer.textContent = `${left.length} new`;
  };
  newer.addEventListener("click", () => {
    const first = unseen()[0];
    if (first) { first.scrollIntoView({ block: "nearest" }); first.focus({ preventScroll: true }); }
    tell();
  });
  thread.addEventListener("scroll", () => { if (!newer.hidden) tell(); }, { passive: true });
  const here = location.hash.startsWith("#entry-") && document.getElementById(location.hash.slice(1));
  if (here) here.scrollIntoView({ block: "nearest" });

  // --- steps that somebody is filling in stay as they are while the rest is brought up to date ---
  const overtaken = () => {
    if (document.getElementById("overtaken")) return;
    const told = document.createElement("p"), again = document.createElement("a");
    told.id = "overtaken";
    told.className = "message small";
    told.setAttribute("role", "status");
    again.href = location.pathname;
    again.textContent = "See what is possible now";
    told.append("Somebody was quicker: the step that you are writing may be done already. ", again);
    aside.prepend(told);
  };
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (event.detail.target !== aside) return;
    for (const open of aside.querySelectorAll("details[open]")) {
      const fresh = event.detail.fragment.querySelector(`#${open.id}`);
      const written = [...open.querySelectorAll("input:not([type=hidden]), select")].some((field) =>
        field.type === "checkbox" ? field.checked !== field.defaultChecked
          : field.tagName === "SELECT" ? !field.selectedOptions[0]?.defaultSelected && field.selectedIndex > 0
          : field.value !== field.defaultValue);
      if (!fresh && (written || open.contains(document.activeElement))) {
        event.detail.shouldSwap = false;
        overtaken();
        return;
      }
      if (!fresh) continue;
      if (open.classList.contains("more")) fresh.open = true;
      else if (written || open.contains(document.activeElement)) fresh.setAttribute("hx-preserve", "true");
      else fresh.open = true;
    }
  });

  // --- the server does not answer, and does again ---
  const say = (text) => {
    if (away.textContent !== text) away.textContent = text;
    away.hidden = !text;
  };
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      if (isPoll(event) && !event.detail.xhr?.getResponseHeader("HX-Redirect")) {
        say("The server does not answer. What you write is kept; this page goes on by itself.");
      }
    });
  }
  document.addEventListener("htmx:afterRequest", (event) => {
    if (isPoll(event) && event.detail.successful) say("");
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isPoll(event) && document.hidden) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) document.body.dispatchEvent(new Event("look"));
  });

  // --- keys ---
  const MARKS = { t: "timeline", f: "finding", d: "action_taken", c: "decision", u: "follow_up", x: "ignore" };
  const on = document.getElementById("keys-on");
  try { on.checked = localStorage.getItem("keys") !== "off"; } catch { /* not allowed */ }
  on.addEventListener("change", () => {
    try { localStorage.setItem("keys", on.checked ? "on" : "off"); } catch { /* not allowed */ }
  });
  const opener = document.getElementById("keys-open");
  if (opener) { opener.hidden = false; opener.addEventListener("click", () => keys.showModal()); }
  const current = () => document.activeElement?.closest?.(".entry");
  const move = (step) => {
    const all = [...entries.querySelectorAll(".entry")], at = all.indexOf(current());
    const to = all[at < 0 ? all.length - 1 : Math.min(all.length - 1, Math.max(0, at + step))];
    if (to) { to.focus({ preventScroll: true }); to.scrollIntoView({ block: "nearest" }); }
  };
  const mark = (kind) => {
    const entry = current(), button = entry && document.getElementById(`mark-${entry.id.slice(6)}-${kind}`);
    if (button) button.click();
    return Boolean(button);
  };
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.target === note && event.key === "Enter" && (event.ctrlKey || event.metaKey)) { note.form.requestSubmit(); return; }
    if (event.target === note && event.key === "Escape") { thread.focus(); return; }
    if (field || keys.open || event.ctrlKey || event.metaKey || event.altKey || !on.checked) return;
    let taken = true;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "n" && note) note.focus();
    else if (event.key === "?") keys.showModal();
    else taken = Object.hasOwn(MARKS, event.key) && mark(MARKS[event.key]);
    if (taken) event.preventDefault();
  });

  // One stop of the Tab key for each entry that has the focus, not seven for all of them.
  const stops = (entry, tabbed) => {
    for (const each of entry.querySelectorAll(".marks button")) each.tabIndex = tabbed ? 0 : -1;
  };
  const calm = (root) => { for (const each of root.querySelectorAll(".entry")) stops(each, each === current()); };
  calm(entries);
  document.addEventListener("htmx:load", (event) => {
    const entry = event.target.closest?.(".entry");
    if (entry) stops(entry, entry.contains(document.activeElement) || entry === current());
  });
  entries.addEventListener("focusin", (event) => { const entry = event.target.closest(".entry"); if (entry) stops(entry, true); });
  entries.addEventListener("focusout", (event) => {
    const entry = event.target.closest(".entry");
    if (entry && !entry.contains(event.relatedTarget)) stops(entry, false);
  });
})();
