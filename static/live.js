// A page that is open learns what happened since it was drawn. Without this it stays as it was when it was asked for.
"use strict";
(() => {
  const region = document.getElementById("changes");
  const others = document.getElementById("others");
  const on = encodeURIComponent(region.dataset.live);
  const isWork = region.dataset.live === "work";
  const isList = isWork || region.dataset.live.startsWith("list:");
  const title = document.title;
  const mark = () => document.querySelector("[data-drawn]");
  const number = () => Number(mark() ? mark().dataset.drawn : 0);
  const again = 60000;
  const settling = 300;

  let drawn = mark(), since = number();
  let source = null, waiting = 0, polling = 0, over = false;
  const swapped = {};

  // A list that was filtered or turned over is a new one; a deed of one's own redraws a part of a page.
  function redrawn() {
    if (!isList || mark() === drawn) return;
    drawn = mark();
    since = number();
    region.replaceChildren();
    document.title = title;
  }

  async function ask() {
    redrawn();
    // What is on its way redraws a part first.
    if (document.querySelector("[aria-busy=true]")) return soon();
    const at = drawn ? drawn.dataset.at || "" : "";
    const seen = number();
    // What is asked for of one's work says which part of it is on view.
    const [path, part] = ((drawn && drawn.dataset.changes) || region.dataset.changes).split("?");
    try {
      const answer = await fetch(`${path}?since=${since}&seen=${seen}&at=${at}${part ? `&${part}` : ""}`, { headers: { "HX-Request": "true" }, cache: "no-store" });
      if ([401, 403, 404].includes(answer.status)) return end();
      if (answer.status !== 200) return;
      const text = await answer.text();
      if (number() !== seen || (isList && mark() !== drawn)) return soon();
      show(text, seen);
    } catch { /* The next message or minute asks again. */ }
  }
  function soon() {
    clearTimeout(waiting);
    if (!over) waiting = setTimeout(ask, settling);
  }

  function show(text, seen) {
    const part = document.createElement("template");
    part.innerHTML = text;
    const banner = part.content.querySelector(".changes");
    banner.querySelector("a").href = location.pathname + location.search;
    if (region.textContent !== banner.textContent) {
      // Whoever is on its link stays on it.
      const had = region.contains(document.activeElement);
      window.mcReview.steady(() => region.replaceChildren(banner));
      if (had) banner.querySelector("a").focus();
    }
    if (isWork) count((banner.dataset.subjects || "").split(" ").filter(Boolean));
    const panel = part.content.querySelector("[data-panel]");
    if (panel) part.content.querySelectorAll("[data-row]").forEach((change) => swap(change, panel.content, seen));
  }

  // How many rows came that the page does not show, in front of its title.
  function count(subjects) {
    const came = subjects.filter((id) => !document.querySelector(`tr[data-subject="${id}"]`)).length;
    document.title = came ? `(${came}) ${title}` : title;
  }

  // The row of a department review, unless a hand is on it.
  function swap(change, panel, seen) {
    const { row: id, seq } = change.dataset;
    const row = document.getElementById(id);
    const fresh = panel.querySelector(`#${id}`);
    if (!row || !fresh || Number(seq) <= Math.max(seen, swapped[id] || 0)) return;
    if (row.dataset.touched || row.contains(document.activeElement)) return;
    swapped[id] = Number(seq);
    const words = fresh.querySelector("td:nth-of-type(2)").appendChild(document.createElement("span"));
    words.className = "sub";
    words.textContent = change.content.textContent;
    fresh.classList.add("swapped-in");
    row.replaceWith(fresh);
    window.htmx.process(fresh);
    window.mcReview.enhance(fresh);
    const line = ".department-reviews__line";
    document.querySelector(line).replaceWith(panel.querySelector(line));
  }

  async function lookAround() {
    if (!others) return;
    try {
      const answer = await fetch(`/presence?on=${on}`, { cache: "no-store", headers: { "HX-Request": "true" } });
      if (answer.status < 300) others.textContent = await answer.text();
    } catch { /* The next message asks again. */ }
  }

  function end() {
    over = true;
    close();
  }
  function close() {
    clearTimeout(waiting);
    clearTimeout(polling);
    if (source) source.close();
    source = null;
  }
  // Only what is looked at listens: browsers have few connections for all their tabs.
  function open() {
    if (over || source || document.hidden) return;
    redrawn();
    source = new EventSource(`/live?on=${on}&since=${since}`);
    source.onopen = lookAround;
    source.addEventListener("presence", lookAround);
    source.onmessage = (event) => {
      redrawn();
      // An entry may come after one with a higher number; a list that lacks it asks from before it.
      if (isList) since = Math.min(since, Number(event.lastEventId) - 1);
      soon();
    };
    source.onerror = () => {
      if (!source || source.readyState !== EventSource.CLOSED) return;
      close();
      if (others) others.textContent = "";
      polling = setTimeout(() => { ask(); open(); }, again);
    };
  }

  // A row that a deed of one's own redrew shows what was so by then.
  document.addEventListener("htmx:load", (event) => {
    const { seen } = event.detail.elt.dataset;
    if (seen && mark()) mark().dataset.drawn = seen;
  });
  const touch = (event) => {
    const row = event.target.closest && event.target.closest("#department-reviews tr");
    if (row) row.dataset.touched = "yes";
  };
  document.addEventListener("input", touch);
  document.addEventListener("change", touch);
  document.addEventListener("visibilitychange", () => { if (document.hidden) close(); else open(); });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", open);
})();
