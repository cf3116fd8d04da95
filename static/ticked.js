// Rows that are ticked: their number beside what can be done with them, all of a page at once, and all of the list.
"use strict";
(() => {
  const boxes = (form) => [...form.elements].filter((box) => box.type === "checkbox" && box.name);
  const rows = (form) => boxes(form).filter((box) => box.value !== "all");

  function count(form) {
    const shown = rows(form);
    const ticked = shown.filter((box) => box.checked).length;
    const everything = boxes(form).some((box) => box.value === "all" && box.checked);
    form.querySelector(".ticked__count").textContent = everything ? "All ticked" : ticked ? `${ticked} ticked` : "";
    const page = form.querySelector("[data-tick-all]");
    page.checked = ticked > 0 && ticked === shown.length;
    page.indeterminate = ticked > 0 && ticked < shown.length;
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
