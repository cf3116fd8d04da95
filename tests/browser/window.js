// What a person finds on a page by its words. Put before every script that a test runs.
const squeezed = (text) => (text || "").replace(/\s+/g, " ").trim();
const visible = (element) => element.checkVisibility({ visibilityProperty: true });
// The words of an element without parts that a selector names.
function without(element, css) {
  const copy = element.cloneNode(true);
  copy.querySelectorAll(css).forEach((part) => part.remove());
  return squeezed(copy.textContent);
}
const all = (element) => squeezed(element.getAttribute("aria-label") || element.textContent);
const seen = (element) => without(element, ".usa-sr-only");
const label = (element) => without(element, ".need");
// The one element with these words: whole first, then as seen, then as a part; a sentence where it is not one.
function one(elements, words, what, names) {
  for (const holds of [(text) => text === words, (text) => text.includes(words)]) {
    for (const name of names) {
      const found = elements.filter((element) => holds(name(element)));
      if (found.length === 1) return found[0];
      if (found.length > 1) return `${found.length} ${what}s say "${words}": ${JSON.stringify(found.map(names[0]))}`;
    }
  }
  return `no ${what} says "${words}"; there are ${JSON.stringify(elements.map(names[0]))}`;
}
function scope(css) {
  return css === null ? document : document.querySelector(css);
}
const inside = (css, what) => [...(scope(css) ? scope(css).querySelectorAll(what) : [])].filter(visible);
const pressable = (css, words) => one(inside(css, "a[href], button:not([aria-hidden]), summary"), words, "link or button", [all, seen]);
function labelled(css, words) {
  const found = one(inside(css, "label"), words, "label", [label]);
  return typeof found === "string" ? found : found.control || `the label "${words}" is for nothing`;
}
function choice(css, group, words) {
  const legend = one(inside(css, "legend"), group, "legend", [label]);
  if (typeof legend === "string") return legend;
  return one([...legend.parentElement.querySelectorAll("label")].filter(visible), words, `choice of "${group}"`, [label]);
}
const tickable = (css, words) => one(inside(css, "label"), words, "label", [label]);
// What has the focus, as it is called.
function focused() {
  const element = document.activeElement;
  const labels = element.labels && element.labels.length ? label(element.labels[0]) : "";
  return { tag: element.tagName.toLowerCase(), id: element.id, name: squeezed(element.getAttribute("aria-label")) || labels || squeezed(element.textContent) };
}
// Whether the focus can be seen: an outline or shadow of its own or of the label that stands for it, and in view.
function focusTrouble() {
  const element = document.activeElement;
  if (element === document.body) return "the focus is lost to the page";
  const own = (css) => (css.outlineStyle !== "none" && parseFloat(css.outlineWidth) > 0) || css.boxShadow !== "none";
  const stand = element.matches(".usa-radio__input, .usa-checkbox__input") && element.labels.length ? element.labels[0] : element;
  if (!own(getComputedStyle(element)) && !own(getComputedStyle(stand)) && !own(getComputedStyle(stand, "::before"))) return "nothing shows the focus";
  const box = stand.getBoundingClientRect();
  if (box.bottom <= 0 || box.top >= innerHeight) return "the focus is out of view";
  const over = document.elementFromPoint(Math.min(Math.max((box.left + box.right) / 2, 1), innerWidth - 1), Math.min(Math.max(box.top + Math.min(box.height / 2, 20), 1), innerHeight - 1));
  if (over && !stand.contains(over) && !over.contains(stand) && !element.contains(over)) return `the focus is covered by ${over.outerHTML.slice(0, 120)}`;
  return "";
}
