// What pages do beyond HTML and htmx. Everything here has a way without scripts.
"use strict";
document.documentElement.classList.add("js");

(() => {
  const byId = (id) => document.getElementById(id);

  // Announcements: #live is there at load; the text changes, so it is read. Each stays for as long as it takes to be
  // heard before the next one comes; one of the same key that still waits is out of date.
  let speaking = 0;
  const unsaid = [];
  function announce(text, key = "") {
    const stale = unsaid.findIndex((other) => key && other.key === key);
    if (stale >= 0) unsaid.splice(stale, 1);
    unsaid.push({ text, key });
    if (!speaking) speak();
  }
  function speak() {
    const next = unsaid.shift();
    speaking = 0;
    if (!next) return;
    const live = byId("live");
    live.textContent = "";
    requestAnimationFrame(() => { live.textContent = next.text; });
    speaking = setTimeout(speak, Math.min(1000 + 40 * next.text.length, 5000));
  }

  // What went wrong stays until the same is tried again, or its person is done with it.
  function showTrouble(text, about = "") {
    clearTrouble(about);
    const alert = document.createElement("div");
    alert.className = "usa-alert usa-alert--error usa-alert--slim";
    alert.dataset.about = about;
    const body = alert.appendChild(document.createElement("div"));
    body.className = "usa-alert__body";
    const words = body.appendChild(document.createElement("p"));
    words.className = "usa-alert__text";
    words.textContent = `${text} `;
    const dismiss = words.appendChild(document.createElement("button"));
    dismiss.type = "button";
    dismiss.className = "usa-button usa-button--unstyled";
    dismiss.textContent = "Dismiss";
    dismiss.addEventListener("click", () => { alert.remove(); byId("main").focus(); });
    steady(() => byId("trouble").append(alert));
  }
  function clearTrouble(about) {
    for (const alert of [...byId("trouble").children]) if (alert.dataset.about === about) alert.remove();
  }
  const troubleWith = (status) =>
    status === 0 ? "The server could not be reached. Nothing was saved. Try again in a moment."
      : status === 403 || status === 422 ? "This is not open to you, or the page is too old. Nothing was saved. Load the page again."
      : status === 404 ? "This is not there any more. Load the page again."
      : status === 413 ? "This is too large. Nothing was saved."
      : status === 429 || status === 503 ? "Too busy, or under maintenance. Nothing was saved. Try again in a moment."
      : "Something went wrong on our side. The history tells whether it was saved.";

  // USWDS parts. The date picker clears what it can't read; a typed date must stay as typed.
  let enhancing = false;
  function enhance(root, start = "init") {
    enhancing = true;
    const inputs = [...root.querySelectorAll(".usa-date-picker:not([data-enhanced]) > input")];
    const typed = inputs.map((input) => [input.parentElement, input.value]);
    window.uswds.datePicker[start](root);
    const restored = (input) => input.dispatchEvent(new Event("input", { bubbles: true }));
    for (const [picker, value] of typed) {
      const input = picker.querySelector(".usa-date-picker__external-input");
      if (value) {
        input.value = value;
        restored(input);
      }
      nameCalendar(picker, input);
    }
    root.querySelectorAll(".usa-character-count__field").forEach(showCount);
    document.querySelectorAll(".conditional").forEach(applyCondition);
    if (narrow.matches) tellTables(root);
    enhancing = false;
  }
  // Puts a value into a field as a page is drawn with it: nobody typed it.
  function restore(field, value) {
    enhancing = true;
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    enhancing = false;
  }

  // How long a text is to the server: characters and not their halves, without white space around them, and nothing if
  // nothing of it can be seen.
  const unseen = /^[\p{White_Space}\p{Cc}\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb]*$/u;
  const space = /^\p{White_Space}$/u;
  function lengthOf(text) {
    if (unseen.test(text)) return 0;
    const letters = [...text.replace(/\r\n?/g, "\n")];
    let from = 0;
    let to = letters.length;
    while (space.test(letters[from])) from += 1;
    while (space.test(letters[to - 1])) to -= 1;
    return to - from;
  }
  const counts = new WeakMap();
  // The count below a long text, drawn as USWDS does. It is heard once the typing rests.
  function showCount(field) {
    const part = field.closest(".usa-character-count");
    if (!field.dataset.enhanced) {
      field.dataset.enhanced = "true";
      part.querySelector(".usa-character-count__message").classList.add("usa-sr-only");
      const shown = part.appendChild(document.createElement("div"));
      shown.className = "usa-character-count__status usa-hint";
      shown.setAttribute("aria-hidden", "true");
      const heard = part.appendChild(document.createElement("div"));
      heard.className = "usa-character-count__sr-status usa-sr-only";
      heard.setAttribute("aria-live", "polite");
    }
    const most = Number(part.dataset.maxlength);
    const left = most - lengthOf(field.value);
    const characters = `${Math.abs(left)} character${Math.abs(left) === 1 ? "" : "s"}`;
    const words = left === most ? `${characters} allowed` : `${characters} ${left < 0 ? "over limit" : "left"}`;
    const shown = part.querySelector(".usa-character-count__status");
    const first = !shown.textContent;
    shown.textContent = words;
    shown.classList.toggle("usa-character-count__status--invalid", left < 0);
    field.classList.toggle("usa-input--error", left < 0);
    clearTimeout(counts.get(field));
    const say = () => { part.querySelector(".usa-character-count__sr-status").textContent = left < 0 ? `Character limit exceeded. ${words}` : words; };
    if (!first) counts.set(field, setTimeout(say, 1200));
  }

  // On narrow screens a list is drawn as blocks; browsers then forget that it is a table.
  const narrow = matchMedia("(max-width: 39.99em)");
  function tellTables(root) {
    for (const [parts, role] of tableRoles) {
      for (const part of root.querySelectorAll(parts)) part.setAttribute("role", role);
      if (root.matches(parts)) root.setAttribute("role", role);
    }
  }
  narrow.addEventListener("change", () => { if (narrow.matches) tellTables(document.body); });
  const tableRoles = [["table.list", "table"], [".list thead, .list tbody", "rowgroup"], [".list tr", "row"],
    [".list thead th", "columnheader"], [".list tbody th", "rowheader"], [".list td", "cell"]];

  // "Toggle calendar" twice on a page says nothing: the button takes the label of its field.
  function nameCalendar(picker, input) {
    const label = document.querySelector(`label[for="${CSS.escape(input.id)}"]`);
    const words = label && label.firstChild && label.firstChild.textContent.trim();
    const button = picker.querySelector(".usa-date-picker__button");
    if (button && words) button.setAttribute("aria-label", `Calendar: ${words}`);
  }

  // A question asked only for some answers of another control.
  function applyCondition(block) {
    const controls = [...document.getElementsByName(block.dataset.askedBy)];
    if (controls.length === 0) return;
    const values = block.dataset.values.split(" ");
    const holds = controls.some((control) =>
      (control.type === "radio" || control.type === "checkbox" ? control.checked : true) && values.includes(control.value));
    block.dataset.applies = String(holds);
  }

  // One press, one request: a second press of a form on its way does nothing. A press while the form is being saved
  // by itself waits, and then goes with the version that came back.
  const waiting = new WeakMap();
  function release(form) {
    delete form.dataset.sending;
    form.removeAttribute("aria-busy");
    form.querySelectorAll('[aria-disabled="true"]').forEach((button) => button.removeAttribute("aria-disabled"));
  }
  function onSubmit(event) {
    const form = event.target;
    const method = (event.submitter && event.submitter.getAttribute("formmethod")) || form.method;
    if (event.defaultPrevented || method !== "post" || form.id === "session-extend") return;
    if (form.dataset.sending) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset.sending = "yes";
    form.setAttribute("aria-busy", "true");
    if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
    if (form.dataset.saving) {
      event.preventDefault();
      event.stopImmediatePropagation();
      waiting.set(form, event.submitter);
      return;
    }
    leaving = true;
  }

  // The second press of a double click means the same as the first, whatever has come under the pointer by then.
  let pressed = null;
  function onPress(event) {
    const control = event.target.closest && event.target.closest("a[href], button[type=submit]");
    if (event.detail > 1 && control && control !== pressed) {
      event.preventDefault();
      event.stopImmediatePropagation();
    } else if (event.detail <= 1) {
      pressed = control;
    }
  }

  // A press that waited for saves and uploads goes now, unless something came back that its person has to see.
  function goOn(form, stay) {
    if (!waiting.has(form)) return;
    const button = waiting.get(form);
    waiting.delete(form);
    release(form);
    if (!stay) form.requestSubmit(button);
    else if (!byId("conflict")) showTrouble("Not every file was uploaded, so you are still on this page. The list of files says why.", "files");
  }

  // Leaving a page with unsaved input asks first.
  let leaving = false;
  function onInput(event) {
    if (event.target.matches(".usa-character-count__field")) showCount(event.target);
    if (enhancing) return;
    const form = event.target.closest && event.target.closest("main form[method=post]");
    if (!form) return;
    form.dataset.changed = "yes";
    form.dataset.edits = Number(form.dataset.edits || 0) + 1;
    const part = event.target.closest(".redrawn");
    if (part) part.dataset.touched = "yes";
  }
  function onBeforeUnload(event) {
    if (!leaving && document.querySelector("form[data-guard][data-changed], form[data-uploading]")) event.preventDefault();
  }

  // What was typed and not saved is held before the session ends. Gives the address at which it opens again.
  async function holdForms() {
    let held = null;
    for (const form of document.querySelectorAll("main form[data-changed]")) {
      const fields = new URLSearchParams();
      for (const [name, value] of new FormData(form)) {
        if (!(value instanceof File)) fields.append(name, value);
        else if (value.name) fields.append("held_file", value.name);
      }
      for (const row of form.querySelectorAll("[data-upload]")) fields.append("held_file", row.dataset.upload);
      const address = form.getAttribute("action");
      fields.append("held_for", address);
      try {
        const answer = await fetch("/session/hold", { method: "POST", body: fields, redirect: "manual" });
        if (answer.ok || answer.type === "opaqueredirect") held = address;
      } catch { /* The dialog opens all the same. */ }
    }
    return held;
  }

  async function leave(to) {
    await holdForms();
    leaving = true;
    location.assign(to);
  }

  // The row under the pointer, or with the focus, stays where it is on the screen whatever changes above it.
  function anchor(row = document.querySelector("main tr:hover") || document.activeElement.closest("main tr")) {
    // A row that was drawn anew has the same key.
    const there = () => row && (row.isConnected || !row.id ? row : byId(row.id));
    const before = there(), top = before && before.getBoundingClientRect().top;
    return () => {
      const now = there();
      if (now && now.isConnected) window.scrollBy({ top: now.getBoundingClientRect().top - top, behavior: "instant" });
    };
  }
  function steady(change) {
    const back = anchor();
    change();
    back();
  }

  let settle = () => {};

  // A form that opened inside a page: Cancel closes it, asks the server for nothing, and the focus goes back to what opened it.
  const openers = new WeakMap();
  function placeOf(element) {
    while (element && !openers.has(element)) element = element.parentElement;
    return element;
  }
  function onCancel(event) {
    const cancel = event.target.closest && event.target.closest("[data-cancel]");
    const place = cancel && placeOf(cancel);
    if (!place || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const opener = openers.get(place);
    place.replaceChildren();
    // Its row may have been drawn anew by what others did.
    const now = opener.isConnected ? opener : document.querySelector(`main a[href="${CSS.escape(opener.getAttribute("href"))}"]`);
    (now || byId("main")).focus();
  }

  // What the page asks by itself: it changes nothing around it, and fails without a word.
  const isPoll = (event) => event.detail.elt.matches("[data-poll]");

  // htmx: busy marks, focus and words after a swap, errors in words. An answer moves the focus only where its person still
  // is where they asked, or would be nowhere.
  let asked = null;
  const mayFocus = () => {
    const present = document.activeElement;
    return present === document.body || present === asked || Boolean(asked && asked.id && asked.id === present.id);
  };
  // htmx itself focuses whatever says autofocus.
  function onSwapped(event) {
    const target = event.target;
    for (const part of [target, ...target.querySelectorAll("[autofocus]")]) {
      if (!part.hasAttribute("autofocus")) continue;
      part.removeAttribute("autofocus");
      part.dataset.focus = "";
    }
  }
  function onSettled(event) {
    const target = event.detail.elt;
    if (target === document.body || !target.isConnected) return;
    enhance(target);
    keepHeight(target);
    // Before the focus goes there: where that is in view, nothing moves any more.
    settle();
    const focus = target.matches("[data-focus]") ? target : target.querySelector("[data-focus]");
    if (focus && mayFocus()) focus.focus();
    const words = target.matches("[data-announce]") ? target : target.querySelector("[data-announce]");
    if (words) announce(words.dataset.announce, words.id);
  }
  // A row that is drawn anew moves no other: columns keep their widths, and the row its height.
  let height = 0;
  function onBeforeSwap({ detail }) {
    const row = detail.target;
    if (!row.matches("table.list tbody tr")) return;
    const table = row.closest("table");
    height = row.getBoundingClientRect().height;
    if (getComputedStyle(table).display !== "table" || table.style.tableLayout) return;
    const heads = [...table.tHead.rows[0].cells];
    const width = table.getBoundingClientRect().width;
    const parts = heads.map((head) => (100 * head.getBoundingClientRect().width) / width);
    heads.forEach((head, at) => { Object.assign(head.style, { boxSizing: "border-box", width: `${parts[at]}%` }); });
    table.style.tableLayout = "fixed";
  }
  function keepHeight(row) {
    if (!height || !row.matches("table.list tbody tr")) return;
    row.style[getComputedStyle(row).display === "table-row" ? "height" : "minHeight"] = `${height}px`;
    row.style.boxSizing = "border-box";
    height = 0;
  }
  const about = ({ detail }) => `${detail.requestConfig.verb} ${detail.requestConfig.path}`;
  function onFailed(event) {
    const xhr = event.detail.xhr;
    const status = xhr ? xhr.status : 0;
    if (status === 401 || isPoll(event)) return; // The answer names the page to go to.
    const press = event.detail.requestConfig.triggeringEvent;
    const words = press && press.submitter ? `${press.submitter.textContent.replace(/\s+/g, " ").trim()}: ` : "";
    showTrouble(words + troubleWith(status), about(event));
  }
  const goingOn = (event) => Boolean(event.detail.xhr && event.detail.xhr.getResponseHeader("HX-Redirect"));
  // An answer takes the place of another form that was typed into: that is asked first, as leaving the page is.
  function mayReplace({ elt, target }) {
    const form = target.querySelector("form[data-changed]");
    return !form || form.contains(elt) || confirm("What you typed in the open form is not saved. Go on without it?");
  }
  function listenToHtmx() {
    const body = document.body;
    body.addEventListener("htmx:beforeRequest", (event) => {
      if (isPoll(event)) return;
      if (!mayReplace(event.detail)) {
        event.preventDefault();
        leaving = false;
        if (event.detail.elt.closest("form")) release(event.detail.elt.closest("form"));
        return;
      }
      clearTrouble(about(event));
      const { elt, target } = event.detail;
      if (elt.matches("a") && !target.contains(elt)) openers.set(target, elt);
      asked = document.activeElement;
      event.detail.target.setAttribute("aria-busy", "true");
    });
    body.addEventListener("htmx:afterRequest", (event) => {
      if (isPoll(event)) return;
      leaving = goingOn(event);
      event.detail.target.removeAttribute("aria-busy");
      const form = event.detail.elt.closest("form");
      if (form) release(form);
      const words = event.detail.xhr && event.detail.xhr.getResponseHeader("X-Announce");
      if (words) announce(words);
    });
    body.addEventListener("htmx:beforeOnLoad", (event) => { if (goingOn(event)) leaving = true; });
    body.addEventListener("htmx:configRequest", onSearchAsked);
    body.addEventListener("htmx:beforeSwap", onBeforeSwap);
    body.addEventListener("htmx:beforeSwap", (event) => {
      const place = placeOf(event.detail.requestConfig.elt);
      settle = anchor(place ? openers.get(place).closest("tr") : undefined);
    });
    body.addEventListener("htmx:afterSwap", onSwapped);
    body.addEventListener("htmx:load", onSettled);
    body.addEventListener("htmx:responseError", onFailed);
    body.addEventListener("htmx:sendError", onFailed);
    body.addEventListener("htmx:timeout", onFailed);
  }

  // A search that is typed is asked for once its person rests, or sends it. What is sent may lead to a page, and what is
  // typed may not: "mn-2" may become "mn-22".
  const rest = 400;
  let typing = 0;
  function onTyped(event) {
    const form = event.target.closest("form[data-searches]");
    if (!form || event.target.type !== "search") return;
    clearTimeout(typing);
    typing = setTimeout(() => window.htmx.trigger(form, "typed"), rest);
  }
  function onTypedChange(event) {
    if (event.target.type === "search" && event.target.closest("form[data-searches]")) event.stopPropagation();
  }
  function onSearchSent(event) {
    if (event.target.matches("form[data-searches]")) clearTimeout(typing);
  }
  function onSearchAsked({ detail }) {
    if (!detail.elt.matches("form[data-searches]")) return;
    if (detail.triggeringEvent && detail.triggeringEvent.type === "submit") detail.parameters.set("go", "yes");
    else detail.parameters.delete("go");
  }

  // The session: the server says how long it lasts; other tabs count.
  function watchSession(dialog) {
    const warnAt = 120;
    const spokenAt = [120, 60, 30, 10];
    let deadline = 0, absolute = false, waiting = 0, ticking = 0;

    const secondsLeft = () => Math.max(0, Math.round((deadline - Date.now()) / 1000));
    const count = (n, unit) => n === 0 ? "" : `${n} ${unit}${n === 1 ? "" : "s"}`;
    const inWords = (seconds) => `${count(Math.floor(seconds / 60), "minute")} ${count(seconds % 60, "second")}`.trim() || "0 seconds";

    async function end() {
      clearInterval(ticking);
      leaving = true;
      document.body.classList.add("covered");
      const next = encodeURIComponent(await holdForms() || location.pathname + location.search);
      location.assign(`/sign-in?reason=${absolute ? "absolute" : "idle"}&next=${next}`);
    }
    async function ask() {
      clearTimeout(waiting);
      let answer;
      try {
        const response = await fetch("/session", { headers: { Accept: "application/json" }, cache: "no-store", redirect: "manual" });
        if (!response.ok) return response.status === 401 || response.type === "opaqueredirect" ? end() : wait(60);
        answer = await response.json();
      } catch {
        return dialog.open ? undefined : wait(60); // No network: the server will say when it is back.
      }
      absolute = answer.absolute_seconds <= answer.idle_seconds;
      const left = Math.min(answer.idle_seconds, answer.absolute_seconds);
      deadline = Date.now() + left * 1000;
      if (left > warnAt + 1) { close(); wait(Math.min(left - warnAt, 600)); } else warn();
    }
    function wait(seconds) {
      clearTimeout(waiting);
      waiting = setTimeout(ask, Math.max(1, seconds) * 1000);
    }
    function close() {
      clearInterval(ticking);
      if (dialog.open) dialog.close();
    }
    function warn() {
      if (dialog.open) return;
      byId("session-why").textContent = absolute
        ? "A session lasts 12 hours at most, so you will have to sign in again. What you typed is held until then."
        : "What you typed and did not save is held for 24 hours and opens again once you sign in.";
      byId("session-extend").hidden = absolute;
      holdForms();
      dialog.showModal();
      byId("session-heading").focus();
      let last = Infinity;
      const tick = () => {
        const left = secondsLeft();
        byId("session-left").textContent = inWords(left);
        if (spokenAt.some((at) => left <= at && last > at)) byId("session-live").textContent = `You will be signed out in ${inWords(left)}.`;
        last = left;
        if (left === 0) { clearInterval(ticking); ask().then(() => secondsLeft() === 0 && end()); }
      };
      tick();
      ticking = setInterval(tick, 1000);
    }
    byId("session-extend").addEventListener("submit", async (event) => {
      event.preventDefault();
      const token = event.target.elements.csrf.value;
      try {
        await fetch("/session/extend", { method: "POST", headers: { "X-CSRF-Token": token }, redirect: "manual" });
      } catch { /* ask() tells what is true. */ }
      ask();
    });
    // Esc closes the dialog; the absolute end or the next question opens it again.
    dialog.addEventListener("close", () => { clearInterval(ticking); wait(Math.max(5, secondsLeft() - 30)); });
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") ask(); });
    window.addEventListener("pageshow", (event) => { if (event.persisted) ask(); });

    const shown = document.querySelector("#session-ends time");
    const guess = shown ? (Date.parse(shown.dateTime) - Date.now()) / 1000 - warnAt : 0;
    wait(Math.min(Math.max(guess, 5), 600));
  }

  // The account menu closes by Esc and by a press elsewhere.
  function closeMenu(event) {
    const menu = document.querySelector(".account[open]");
    if (!menu || (event.type === "click" && menu.contains(event.target)) || (event.type === "keydown" && event.key !== "Escape")) return;
    menu.open = false;
    if (event.type === "keydown") menu.querySelector("summary").focus();
  }

  window.mcReview = { announce, enhance, hold: holdForms, leave, restore, steady, trouble: (status) => showTrouble(troubleWith(status), "save") };

  document.addEventListener("quiet", (event) => goOn(event.target, event.detail.stay));
  document.addEventListener("click", onPress, true);
  document.addEventListener("submit", onSubmit, true);
  document.addEventListener("input", onInput);
  document.addEventListener("input", onTyped);
  document.addEventListener("change", onTypedChange, true);
  document.addEventListener("submit", onSearchSent, true);
  document.addEventListener("change", (event) => {
    onInput(event);
    document.querySelectorAll(".conditional").forEach((block) => {
      if (block.dataset.askedBy === event.target.name) applyCondition(block);
    });
  });
  document.addEventListener("click", closeMenu);
  document.addEventListener("click", onCancel);
  document.addEventListener("keydown", closeMenu);
  window.addEventListener("beforeunload", onBeforeUnload);
  window.addEventListener("pageshow", () => {
    leaving = false;
    document.querySelectorAll("form[data-sending]").forEach(release);
  });
  const eastern = { timeZone: "America/New_York", year: "numeric", month: "2-digit", day: "2-digit", hour: "numeric", minute: "2-digit" };
  window.addEventListener("beforeprint", () => {
    byId("printed").textContent = `Printed ${new Date().toLocaleString("en-US", eastern).replace(",", "")} ET`;
  });
  document.addEventListener("DOMContentLoaded", () => {
    enhance(document.body, "on");
    listenToHtmx();
    const dialog = byId("session");
    if (dialog) watchSession(dialog);
  });
})();
