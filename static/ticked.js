// Rows that are ticked: their number beside what can be done with them, all of a page at once, several in a row with Shift,
// and all of the list. And whom or what is chosen for a deed chooses the deed.
"use strict";
(() => {
  const boxes = (form) => [...form.elements].filter((box) => box.type === "checkbox");
  const rows = (form) => boxes(form).filter((box) => box.closest("tbody"));

  function count(form) {
    const shown = rows(form);
    const ticked = shown.filter((box) => box.checked).length;
    const everything = boxes(form).some((box) => box.value === "all" && box.checked);
    form.querySelector(".ticked__count").textContent = everything ? "All ticked" : ticked ? `${ticked} ticked` : "";
    const page = form.querySelector("[data-tick-all]");
    page.checked = ticked > 0 && ticked === shown.length;
    page.indeterminate = ticked > 0 && ticked < shown.length;
  }
  const countAll = () => document.querySelectorAll("[data-ticks]").forEach(count);

  // From the box that was clicked before to the one that is clicked with Shift, all become as this one.
  let before = null;
  document.addEventListener("click", (event) => {
    const box = event.target;
    const form = box.form;
    if (box.type !== "checkbox" || !form || !form.matches("[data-ticks]") || !box.closest("tbody")) return;
    const all = rows(form);
    const [from, to] = [all.indexOf(before), all.indexOf(box)].sort((one, other) => one - other);
    if (event.shiftKey && from >= 0) {
      for (const between of all.slice(from, to + 1)) between.checked = box.checked;
    }
    before = box;
  });
  // Shift with a press marks text otherwise.
  document.addEventListener("mousedown", (event) => {
    if (event.shiftKey && event.target.closest(".tick")) event.preventDefault();
  });

  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (!form || !form.matches("[data-ticks]")) return;
    if (event.target.matches("[data-tick-all]")) rows(form).forEach((box) => { box.checked = event.target.checked; });
    choose(event.target);
    count(form);
  });

  // What belongs to other deeds than the chosen one says nothing then.
  function choose(control) {
    const deed = control.closest("[data-deed]");
    if (!deed || (control.tagName === "SELECT" && !control.value)) return;
    deed.querySelector("input[type=radio]").checked = true;
    for (const other of deed.parentElement.querySelectorAll("[data-deed]")) {
      if (other !== deed) other.querySelectorAll("select").forEach((select) => { select.value = ""; });
    }
  }

  document.addEventListener("htmx:load", countAll);
  // A browser that comes back to a page may have kept the ticks.
  window.addEventListener("pageshow", countAll);
})();
