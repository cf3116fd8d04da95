// What pages do beyond HTML and htmx. Everything here has a way without scripts.
"use strict";
document.documentElement.classList.add("js");

(() => {
  const byId = (id) => document.getElementById(id);

  // Announcements: #live is there at load; the text changes, so it is read.
  function announce(text) {
    const live = byId("live");
    live.textContent = "";
    requestAnimationFrame(() => { live.textContent = text; });
  }

  function showTrouble(text) {
    const alert = document.createElement("div");
    alert.className = "usa-alert usa-alert--error usa-alert--slim";
    const body = alert.appendChild(document.createElement("div"));
    body.className = "usa-alert__body";
    const words = body.appendChild(document.createElement("p"));
    words.className = "usa-alert__text";
    words.textContent = text;
    byId("trouble").replaceChildren(alert);
  }

  // USWDS parts. The date picker clears what it can't read; a typed date must stay as typed.
  let enhancing = false;
  function enhance(root, start = "init") {
    enhancing = true;
    const inputs = [...root.querySelectorAll(".usa-date-picker:not([data-enhanced]) > input")];
    const typed = inputs.map((input) => [input.parentElement, input.value]);
    window.uswds.datePicker[start](root);
    window.uswds.characterCount[start](root);
    const restored = (input) => input.dispatchEvent(new Event("input", { bubbles: true }));
    for (const [picker, value] of typed) {
      const input = picker.querySelector(".usa-date-picker__external-input");
      if (value) {
        input.value = value;
        restored(input);
      }
      nameCalendar(picker, input);
    }
    root.querySelectorAll(".usa-character-count__field").forEach((field) => { if (field.value) restored(field); });
    root.querySelectorAll(".conditional").forEach(applyCondition);
    for (const [parts, role] of tableRoles) root.querySelectorAll(parts).forEach((part) => part.setAttribute("role", role));
    enhancing = false;
  }

  // On narrow screens a list is drawn as blocks; browsers then forget that it is a table.
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

  // Leaving a page with unsaved input asks first.
  let leaving = false;
  function onInput(event) {
    if (enhancing) return;
    const form = event.target.closest && event.target.closest("main form[method=post]");
    if (!form) return;
    form.dataset.changed = "yes";
    form.dataset.edited = "yes";
    const part = event.target.closest(".redrawn");
    if (part) part.dataset.touched = "yes";
  }
  function onBeforeUnload(event) {
    if (!leaving && document.querySelector("form[data-guard][data-changed]")) event.preventDefault();
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
      const address = form.getAttribute("action");
      fields.append("held_for", address);
      try {
        const answer = await fetch("/session/hold", { method: "POST", body: fields, redirect: "manual" });
        if (answer.ok || answer.type === "opaqueredirect") held = address;
      } catch { /* The dialog opens all the same. */ }
    }
    return held;
  }

  // Drafts are saved while they are filled in.
  const again = [2, 8, 30];
  const isAutosave = (event) => event.detail.elt.matches("[data-autosave]");
  const saveLine = (text) => { byId("save-line").textContent = text; };
  const saveNow = (form) => form.dispatchEvent(new Event("change", { bubbles: true }));

  function beginAutosave(event) {
    const form = event.detail.elt.closest("form");
    // What is already on its way takes everything along; a panel is settled first; what is held waits for its person.
    if (form.dataset.sending || form.dataset.uploading || byId("conflict") || !form.dataset.edited) {
      event.preventDefault();
      return;
    }
    form.dataset.saving = "yes";
    delete form.dataset.changed;
    form.querySelectorAll("[data-touched]").forEach((part) => delete part.dataset.touched);
  }
  function endAutosave(event) {
    const form = event.detail.elt.closest("form");
    const status = event.detail.xhr ? event.detail.xhr.status : 0;
    delete form.dataset.saving;
    if (status === 200) {
      form.dataset.failed = 0;
      form.querySelectorAll(".message").forEach(markControls);
      if (byId("save-line").textContent.startsWith("Not saved")) form.dataset.changed = "yes";
    } else {
      form.dataset.changed = "yes";
      if (byId("conflict")) form.inert = true;
      else if (status === 0 || status === 429 || status >= 500) tryAgain(form);
      else saveLine("Not saved");
    }
    goOn(form);
  }
  // A press that waited for a save, or for an upload, goes now.
  function goOn(form) {
    if (!waiting.has(form)) return;
    const button = waiting.get(form);
    waiting.delete(form);
    release(form);
    if (!byId("conflict")) form.requestSubmit(button);
  }
  function onUploaded(event) {
    const form = event.target;
    if (waiting.has(form)) goOn(form);
    else if (form.dataset.changed) saveNow(form);
  }
  function tryAgain(form) {
    const failed = Number(form.dataset.failed || 0);
    form.dataset.failed = failed + 1;
    if (failed < again.length) {
      saveLine("Not saved, trying again");
      setTimeout(() => { if (form.dataset.changed) saveNow(form); }, again[failed] * 1000);
      return;
    }
    const button = document.createElement("button");
    button.type = "button";
    button.className = "usa-button usa-button--unstyled";
    button.textContent = "Try again now";
    button.addEventListener("click", () => { form.dataset.failed = 0; saveLine("Not saved, trying again"); saveNow(form); });
    saveLine("Not saved. ");
    byId("save-line").append(button);
  }

  // After messages came or went: the marks of the controls that they belong to.
  function markControls(message) {
    const wrong = message.childElementCount > 0;
    const name = message.id.replace(/-message$/, "");
    const group = message.closest(".usa-form-group");
    if (group && !message.closest(".people, .files")) group.classList.toggle("usa-form-group--error", wrong);
    const inGroup = message.parentElement.matches("fieldset");
    const described = inGroup ? message.parentElement : byId(name);
    if (!described) return;
    const ids = (described.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && id !== `${name}-error`);
    if (wrong) ids.push(`${name}-error`);
    if (ids.length) described.setAttribute("aria-describedby", ids.join(" ")); else described.removeAttribute("aria-describedby");
    const marked = !inGroup || described.matches("[role=radiogroup]") ? [described]
      : [...described.querySelectorAll("input[type=checkbox]")].filter((box) => box.name === name);
    for (const control of marked) {
      if (wrong) control.setAttribute("aria-invalid", "true"); else control.removeAttribute("aria-invalid");
      if (control.matches(".usa-input")) control.classList.toggle("usa-input--error", wrong);
    }
  }

  // What a person is in, or has changed since it was asked for, is not replaced.
  function keepInUse(event) {
    const part = event.detail.target;
    if (part.matches(".redrawn") && (part.dataset.touched || part.contains(document.activeElement))) event.detail.shouldSwap = false;
  }

  // What the page asks by itself: it changes nothing around it, and fails without a word.
  const isPoll = (event) => event.detail.elt.matches("[data-poll]");

  // htmx: busy marks, focus and words after a swap, errors in words.
  function onSettled(event) {
    const target = event.detail.elt;
    if (target === document.body || !target.isConnected) return;
    enhance(target);
    const focus = target.matches("[autofocus], [data-focus]") ? target : target.querySelector("[autofocus], [data-focus]");
    if (focus) focus.focus();
    const words = target.matches("[data-announce]") ? target : target.querySelector("[data-announce]");
    if (words) announce(words.dataset.announce);
  }
  function onFailed(event) {
    const xhr = event.detail.xhr;
    const status = xhr ? xhr.status : 0;
    if (status === 401 || isPoll(event)) return; // The answer names the page to go to.
    if (isAutosave(event) && (status === 0 || status === 429 || status >= 500)) return; // It is tried again.
    showTrouble(status === 0 ? "The server could not be reached. Nothing was saved. Try again in a moment."
      : status === 403 ? "This is not open to you, or the page is too old. Nothing was saved. Load the page again."
      : status === 404 ? "This is not there any more. Load the page again."
      : status === 413 ? "This is too large. Nothing was saved."
      : status === 429 || status === 503 ? "Too busy, or under maintenance. Nothing was saved. Try again in a moment."
      : "Something went wrong on our side. The history tells whether it was saved.");
  }
  const goingOn = (event) => Boolean(event.detail.xhr && event.detail.xhr.getResponseHeader("HX-Redirect"));
  function listenToHtmx() {
    const body = document.body;
    body.addEventListener("htmx:beforeRequest", (event) => {
      if (isPoll(event)) return;
      if (isAutosave(event)) return beginAutosave(event);
      byId("trouble").replaceChildren();
      event.detail.target.setAttribute("aria-busy", "true");
    });
    body.addEventListener("htmx:afterRequest", (event) => {
      if (isPoll(event)) return;
      if (isAutosave(event)) return endAutosave(event);
      leaving = goingOn(event);
      event.detail.target.removeAttribute("aria-busy");
      const form = event.detail.elt.closest("form");
      if (form) release(form);
      const words = event.detail.xhr && event.detail.xhr.getResponseHeader("X-Announce");
      if (words) announce(words);
    });
    body.addEventListener("htmx:beforeOnLoad", (event) => { if (goingOn(event)) leaving = true; });
    body.addEventListener("htmx:oobBeforeSwap", keepInUse);
    body.addEventListener("htmx:load", onSettled);
    body.addEventListener("htmx:responseError", onFailed);
    body.addEventListener("htmx:sendError", onFailed);
    body.addEventListener("htmx:timeout", onFailed);
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

  document.addEventListener("uploaded", onUploaded);
  document.addEventListener("submit", onSubmit, true);
  document.addEventListener("input", onInput);
  document.addEventListener("change", (event) => {
    onInput(event);
    document.querySelectorAll(".conditional").forEach((block) => {
      if (block.dataset.askedBy === event.target.name) applyCondition(block);
    });
  });
  document.addEventListener("click", closeMenu);
  document.addEventListener("keydown", closeMenu);
  window.addEventListener("beforeunload", onBeforeUnload);
  window.addEventListener("pageshow", () => {
    leaving = false;
    document.querySelectorAll("form[data-sending]").forEach(release);
  });
  window.addEventListener("beforeprint", () => { byId("printed").textContent = new Date().toLocaleString("en-US"); });
  document.addEventListener("DOMContentLoaded", () => {
    enhance(document.body, "on");
    listenToHtmx();
    const dialog = byId("session");
    if (dialog) watchSession(dialog);
  });
})();
