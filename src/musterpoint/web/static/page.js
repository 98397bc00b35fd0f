// What the pages gain with JavaScript: durations that tick, the reader's own time on hover, drafts that survive.
// Everything works without it.
"use strict";
(() => {
  const pad = (number) => String(number).padStart(2, "0");

  const duration = (seconds) => {
    const days = Math.floor(seconds / 86400), hours = Math.floor((seconds % 86400) / 3600);
    const minutes = Math.floor((seconds % 3600) / 60);
    if (days) return `${days} d ${hours} h`;
    if (hours) return `${hours} h ${pad(minutes)} min`;
    return minutes ? `${minutes} min` : `${Math.max(0, Math.floor(seconds))} s`;
  };

  const tick = () => {
    for (const each of document.querySelectorAll("[data-since]")) {
      const text = duration((Date.now() - Date.parse(each.dataset.since)) / 1000);
      if (each.textContent !== text) each.textContent = text;
    }
  };

  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const ownTimes = (root) => {
    for (const each of root.querySelectorAll("time[datetime]")) {
      each.title = `${new Date(each.dateTime).toLocaleString()} (${zone})`;
    }
  };

  // A draft is what stands in a field with data-draft="KEY"; the form that was sent without a problem drops it.
  const storage = {
    get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { value ? localStorage.setItem(key, value) : localStorage.removeItem(key); } catch { /* full, or not allowed */ } },
  };
  const drafted = (field) => `draft:${field.dataset.draft}`;
  const restore = (root) => {
    for (const field of root.querySelectorAll("[data-draft]")) {
      const kept = storage.get(drafted(field));
      if (kept === null || kept === field.value) continue;
      if (field.value === "" || field.value === field.defaultValue) {
        field.value = kept;
        const told = document.createElement("p");
        told.className = "muted small";
        told.setAttribute("role", "status");
        told.textContent = "This is a draft that you had not sent. ";
        const drop = document.createElement("button");
        drop.type = "button";
        drop.className = "small secondary outline";
        drop.textContent = "Discard the draft";
        drop.addEventListener("click", () => {
          storage.set(drafted(field), "");
          field.value = field.defaultValue;
          told.remove();
        });
        told.append(drop);
        field.closest("label, .field")?.after(told);
      }
    }
  };
  document.addEventListener("input", (event) => {
    if (event.target.dataset && event.target.dataset.draft) storage.set(drafted(event.target), event.target.value);
  });
  // A form that the browser sends by itself leads to another page: what arrives there says whether it was taken.
  document.addEventListener("submit", (event) => {
    const fields = [...event.target.querySelectorAll("[data-draft]")].map((field) => field.dataset.draft);
    if (fields.length) try { sessionStorage.setItem("sent", JSON.stringify(fields)); } catch { /* not allowed */ }
  });
  const arrived = () => {
    try {
      const sent = JSON.parse(sessionStorage.getItem("sent") || "[]");
      sessionStorage.removeItem("sent");
      const taken = document.querySelector("#messages .success") && !document.querySelector(".message.error");
      if (taken) for (const key of sent) storage.set(`draft:${key}`, "");
    } catch { /* not allowed */ }
  };
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest ? event.target.closest("form") : null;
    const status = event.detail.xhr ? event.detail.xhr.getResponseHeader("X-Status") : null;
    if (!form || event.detail.requestConfig.verb !== "post") return;
    if (!event.detail.successful || status) return;
    document.getElementById("problem").replaceChildren();
    for (const field of form.querySelectorAll("[data-draft]")) storage.set(drafted(field), "");
    if (form.dataset.clears !== undefined) form.reset();
  });
  document.addEventListener("htmx:sendError", (event) => {
    if (event.target.closest && event.target.closest("[data-quiet]")) return; // what asks by itself says so itself
    document.getElementById("problem").innerHTML =
      '<p class="message error"><strong>The server does not answer.</strong><br>What you wrote is still where you wrote it; nothing was sent. It is tried again by itself where it can be.</p>';
  });
  document.addEventListener("htmx:load", (event) => ownTimes(event.target));

  document.addEventListener("DOMContentLoaded", () => {
    ownTimes(document);
    arrived();
    restore(document);
    document.querySelector("nav.tabs [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
    tick();
    setInterval(tick, 1000);
  });
})();
