// Single keys. All that they do can be done without them, and /account switches them off.
"use strict";
(() => {
  if (document.body.dataset.keys !== "on") return;
  const dialog = document.getElementById("key-list");
  // That of the page before that of the header.
  const search = () => document.querySelector("main input[type=search]") || document.getElementById("find");
  const seen = (element) => element.checkVisibility({ visibilityProperty: true });
  // The second key of a pair comes within so many milliseconds.
  const pair = 1500;
  let gone = 0;
  // Who types into a field and is taken out of it goes on typing for a moment.
  const typing = 1000;
  let typed = 0;
  const isUnsaved = () => document.querySelector("main form[data-changed]");

  // What takes letters itself: fields, and the parts that have keys of their own. A row's box takes none.
  const fields = "input:not(.tick input), textarea, select, [contenteditable]";
  const takesKeys = `${fields}, dialog, .usa-date-picker, [role=listbox], [role=menu]`;

  const rows = () => {
    const table = document.querySelector("main table.list:has(tbody th[scope=row] a)");
    return table ? [...table.tBodies[0].rows].filter((row) => seen(row) && row.querySelector("th a")) : [];
  };
  const current = () => {
    const row = document.activeElement.closest("main table.list tbody tr");
    return row && rows().includes(row) ? row : null;
  };
  function step(by) {
    const all = rows();
    const at = all.indexOf(current());
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by];
    if (!next) return;
    const link = next.querySelector("th a");
    link.focus();
    link.scrollIntoView({ block: "nearest" });
  }

  function tick() {
    const box = current() && current().querySelector(".tick input");
    if (box) box.click();
  }

  function take() {
    const own = current() && current().querySelector("[data-key=t]");
    const all = [...document.querySelectorAll("main [data-key=t]")].filter(seen);
    const button = own || (!current() && all.length === 1 ? all[0] : null);
    if (button) button.click();
  }

  function find() {
    const field = search();
    if (!field) return;
    for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    field.focus();
    field.select();
  }

  function list() {
    dialog.showModal();
    document.getElementById("key-list-heading").focus();
  }

  const go = (key) => {
    const link = document.querySelector(`.masthead a[data-key="${key}"]`);
    if (link) link.click();
  };

  const deeds = { "?": list, "/": find, j: () => step(1), k: () => step(-1), x: tick, t: take, g: () => { gone = Date.now(); } };

  document.addEventListener("keydown", (event) => {
    if (event.target.closest(takesKeys)) {
      if (event.target.closest(fields) && (event.key.length === 1 || event.isComposing)) typed = Date.now();
      return;
    }
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (document.querySelector("dialog[open]") || isUnsaved()) return;
    if (Date.now() - typed < typing) {
      typed = Date.now();
      return;
    }
    const second = Date.now() - gone < pair;
    gone = 0;
    if (second && /^[a-z]$/.test(event.key)) {
      event.preventDefault();
      return go(event.key);
    }
    if (!Object.hasOwn(deeds, event.key) || (event.repeat && !"jk".includes(event.key))) return;
    event.preventDefault();
    deeds[event.key]();
  });

  document.getElementById("key-list-close").addEventListener("click", () => dialog.close());
})();
