// "@" in a note offers the people of CMS. Without scripts there is a list to choose from beside the note.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const field = document.getElementById("text");
  const list = document.getElementById("offers");
  const people = [...document.querySelectorAll("#mention option[data-name]")]
    .map((option) => ({ name: option.dataset.name, label: option.textContent }));
  const most = 8;
  let typed = null, active = 0, said = "";

  // The name that is being typed: from the "@" before the caret up to it.
  function query() {
    const found = /(?:^|[^\p{L}\p{N}])@([^@\n]{0,60})$/u.exec(field.value.slice(0, field.selectionStart));
    return field.selectionStart === field.selectionEnd && found ? found[1] : null;
  }
  // The server compares more strictly the same way.
  const comparable = (text) => text.replace(/\p{Default_Ignorable_Code_Point}/gu, "").normalize("NFKC").toLowerCase();
  function fitting(words) {
    const wanted = comparable(words);
    const fits = ({ name }) => {
      const text = comparable(name);
      return text !== wanted.trim() && (text.startsWith(wanted) || text.split(" ").some((part) => part.startsWith(wanted)));
    };
    return people.filter(fits).slice(0, most);
  }

  function close() {
    if (list.hidden) return;
    list.hidden = true;
    list.replaceChildren();
    for (const name of ["role", "aria-expanded", "aria-autocomplete", "aria-haspopup", "aria-controls", "aria-activedescendant"]) field.removeAttribute(name);
  }
  function mark(at) {
    active = (at + list.children.length) % list.children.length;
    [...list.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === active)));
    field.setAttribute("aria-activedescendant", list.children[active].id);
    list.children[active].scrollIntoView({ block: "nearest" });
  }
  function show(found) {
    list.replaceChildren(...found.map((person, place) => {
      const option = document.createElement("li");
      option.id = `offer-${place}`;
      option.className = "offers__one";
      option.setAttribute("role", "option");
      option.textContent = person.label;
      // The field keeps the focus.
      option.addEventListener("mousedown", (event) => event.preventDefault());
      option.addEventListener("click", () => choose(person));
      return option;
    }));
    list.hidden = false;
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-expanded", "true");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-haspopup", "listbox");
    field.setAttribute("aria-controls", list.id);
    mark(0);
    const words = found.length === 1 ? "1 person. Enter takes the name." : `${found.length} people. Up and down choose, Enter takes the name.`;
    if (words !== said) window.mcReview.announce(words, list.id);
    said = words;
  }
  function look() {
    const words = query();
    if (words === typed) return;
    typed = words;
    const found = words === null ? [] : fitting(words);
    if (found.length) show(found); else { said = ""; close(); }
  }
  function choose(person) {
    const end = field.selectionStart;
    const begin = end - typed.length;
    field.setRangeText(`${person.name} `, begin, end, "end");
    typed = query();
    close();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }

  field.addEventListener("input", look);
  field.addEventListener("click", look);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) mark(active + step);
    else if (event.key === "Enter" || event.key === "Tab") choose(fitting(typed)[active]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
});
