// A draft remembers which version it was begun on, so that it never passes over what somebody saved meanwhile.
// And the write-up can be copied with one click. Both work without: the form has its version, the link its text.
"use strict";
(() => {
  const storage = {
    get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { value === null ? localStorage.removeItem(key) : localStorage.setItem(key, value); } catch { /* full, or not allowed */ } },
  };
  const drafted = (field) => storage.get(`draft:${field.dataset.draft}`);
  const begun = (field) => `seen:${field.dataset.draft}`;
  const fields = () => [...document.querySelectorAll("textarea[data-draft]")].filter((field) => field.form && field.form.elements.seen);

  // After page.js: a draft stands in its field already.
  document.addEventListener("DOMContentLoaded", () => {
    for (const field of fields()) {
      const seen = field.form.elements.seen, on = storage.get(begun(field));
      seen.dataset.stands = seen.value;
      if (drafted(field) === null) { storage.set(begun(field), null); continue; }
      if (on === null || field.value !== drafted(field)) continue;
      if (on !== seen.value) {
        seen.value = on;
        const told = document.createElement("p");
        told.className = "message";
        told.textContent = "Another text was saved since you began this draft. Save yours all the same: it is kept, and both are shown to you.";
        (document.getElementById("crossed") || field.form).prepend(told);
      }
      field.dispatchEvent(new Event("input", { bubbles: true })); // so that the preview shows the draft
    }
  });
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.dataset || !field.dataset.draft || !field.form || !field.form.elements.seen) return;
    if (storage.get(begun(field)) === null) storage.set(begun(field), field.form.elements.seen.value);
  });
  document.addEventListener("click", (event) => {
    for (const field of fields()) { // "Discard the draft" was pressed: what stands is seen again
      if (drafted(field) !== null || field.value !== field.defaultValue) continue;
      storage.set(begun(field), null);
      field.form.elements.seen.value = field.form.elements.seen.dataset.stands;
    }
    const link = event.target.closest ? event.target.closest("a[data-copy]") : null;
    if (!link || !navigator.clipboard || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const told = link.parentElement.querySelector("[role=status]");
    fetch(link.href)
      .then((answer) => answer.ok ? answer.text() : Promise.reject(new Error()))
      .then((text) => navigator.clipboard.writeText(text))
      .then(() => { told.textContent = "Copied."; })
      .catch(() => { location.href = link.href; });
  });
})();
