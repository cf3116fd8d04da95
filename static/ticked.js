// Rows that are ticked: their number beside what can be done with them, and all of a page at once.
"use strict";
(() => {
  const rows = (form) => [...form.elements].filter((box) => box.type === "checkbox" && box.name);

  function count(form) {
    const boxes = rows(form);
    const ticked = boxes.filter((box) => box.checked).length;
    form.querySelector(".ticked__count").textContent = ticked ? `${ticked} ticked` : "";
    const all = form.querySelector("[data-tick-all]");
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  }

  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (!form || !form.matches("[data-ticks]")) return;
    if (event.target.matches("[data-tick-all]")) rows(form).forEach((box) => { box.checked = event.target.checked; });
    count(form);
  });
  // A browser that comes back to a page may have kept the ticks.
  window.addEventListener("pageshow", () => document.querySelectorAll("[data-ticks]").forEach(count));
})();
