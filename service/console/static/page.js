// What style alone cannot do: a source shown at its number, and a part of a page that could not be brought.
// Without it the number leads to the source, and what is typed is settled when it is saved.
(() => {
  "use strict";
  const tip = document.createElement("div");
  tip.id = "tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  let shown = null;

  function hide() {
    tip.hidden = true;
    shown = null;
  }

  function show(mark) {
    const source = document.getElementById(mark.getAttribute("aria-describedby"));
    if (!source || mark === shown) return;
    shown = mark;
    tip.textContent = source.textContent;
    tip.hidden = false;
    place();
  }

  function place() {
    if (!shown) return;
    const at = shown.getBoundingClientRect();
    const room = document.documentElement.clientWidth;
    const left = Math.max(8, Math.min(at.left, room - tip.offsetWidth - 8));
    const below = at.bottom + tip.offsetHeight + 4 <= window.innerHeight;
    tip.style.left = `${left}px`;
    tip.style.top = `${below ? at.bottom : Math.max(0, at.top - tip.offsetHeight)}px`;
  }

  function markAt(event) {
    return event.target instanceof Element ? event.target.closest("a.cite") : null;
  }

  document.addEventListener("DOMContentLoaded", () => document.getElementById("main").append(tip));
  document.addEventListener("pointerover", (event) => {
    const mark = markAt(event);
    if (mark) show(mark);
    // It stays while the pointer is on it, and while its number has the focus.
    else if (shown && event.target !== tip && shown !== document.activeElement) hide();
  });
  document.addEventListener("focusin", (event) => {
    const mark = markAt(event);
    if (mark) show(mark);
    else hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
  document.addEventListener("scroll", place, { capture: true, passive: true });
  document.addEventListener("htmx:sendError", (event) => {
    const said = event.detail.elt.dataset.unreached;
    if (said) event.detail.target.textContent = said;
  });
})();
