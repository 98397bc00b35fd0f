// A token is copied with one click, where the browser can.
"use strict";
(() => {
  for (const field of document.querySelectorAll("[data-copy]")) {
    field.addEventListener("focus", () => field.select());
    if (!navigator.clipboard) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "secondary";
    button.textContent = "Copy";
    const told = document.createElement("span");
    told.setAttribute("role", "status");
    told.className = "muted";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(field.value);
        told.textContent = "Copied.";
      } catch {
        field.select();
        told.textContent = "Press Ctrl-C: the browser does not let it be copied by a button.";
      }
    });
    const row = document.createElement("div");
    row.className = "buttons";
    row.append(button, told);
    field.closest("label").after(row);
  }
})();
