// A page of a draft is saved while it is filled in. Saves and uploads take turns: each goes with the version that the one
// before returned. Nothing here moves the focus, and nothing is put under the hands of who is typing.
"use strict";
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const { announce, enhance, hold, leave, restore, trouble } = window.mcReview;
  const byId = (id) => document.getElementById(id);
  const afterChange = 300, afterKey = 3000, longest = 20000, timeout = 60000;
  // After so many seconds what was not saved is tried again.
  const again = [2, 8, 30];
  const edits = () => Number(form.dataset.edits || 0);
  const inUse = (part) => part.contains(document.activeElement);

  // Turns.

  let turn = Promise.resolve(), pending = 0, uploads = 0, stay = false;
  function inTurn(work) {
    pending += 1;
    form.dataset.saving = "yes";
    turn = turn.then(work).catch((error) => console.error(error)).then(() => {
      pending -= 1;
      if (pending) return;
      delete form.dataset.saving;
      form.dispatchEvent(new CustomEvent("quiet", { bubbles: true, detail: { stay: stay || byId("conflict") } }));
      stay = false;
    });
  }
  // An upload that was not taken keeps a press that waited for it on the page.
  function upload(work) {
    uploads += 1;
    form.dataset.uploading = "yes";
    inTurn(async () => {
      const taken = await work().finally(() => { uploads -= 1; if (!uploads) delete form.dataset.uploading; });
      if (!taken && form.dataset.sending) stay = true;
    });
  }

  // When to save.

  let timer = 0, soon = false, queued = false, since = 0, notBefore = 0, composing = false, gone = false;
  function due(delay) {
    if (soon && delay > afterChange) return;
    soon = delay <= afterChange;
    since = since || Date.now();
    clearTimeout(timer);
    timer = setTimeout(next, Math.max(Math.min(delay, since + longest - Date.now()), notBefore - Date.now(), 0));
  }
  function next() {
    clearTimeout(timer);
    soon = false;
    since = 0;
    if (composing || queued || !form.dataset.changed) return;
    if (notBefore > Date.now()) return due(0);
    // A large file may take minutes, and a panel waits for its person: what is typed meanwhile is kept aside.
    if (uploads || (document.hidden && byId("conflict"))) hold();
    queued = true;
    inTurn(() => { queued = false; return save(); });
  }
  const own = (event) => event.target.form === form && edits();
  document.addEventListener("input", (event) => { if (own(event) && !event.isComposing) due(afterKey); });
  document.addEventListener("change", (event) => { if (own(event)) due(afterChange); });
  form.addEventListener("compositionstart", () => { composing = true; });
  for (const end of ["compositionend", "focusout"]) form.addEventListener(end, () => { if (composing) { composing = false; due(afterKey); } });
  // A page that is left on purpose hides as well, but only after pagehide.
  window.addEventListener("pagehide", () => { gone = true; });
  window.addEventListener("pageshow", () => { gone = false; });
  document.addEventListener("visibilitychange", () => { if (document.hidden && !gone) next(); });
  window.addEventListener("online", () => due(0));

  // What to save.

  // A date or an email address counts once it is whole; until then what was there when the person came to it does.
  let found = [];
  const typing = () => {
    const control = document.activeElement;
    return control.form === form && control.matches("textarea, .usa-input") ? control : null;
  };
  const come = () => {
    const control = typing();
    if (control && control !== found[0]) found = [control, control.value];
  };
  form.addEventListener("focusin", come);
  come();
  function isWhole(control) {
    const text = control.value.trim();
    if (!text) return true;
    if (control.type === "email") return /^[^@\s]+@[^@\s]+\.[^@\s.]+$/.test(text);
    if (!control.closest(".usa-date-picker")) return true;
    const [, month, day, year] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text) || [];
    return year >= 1965 && year <= 2099 && new Date(year, month - 1, day).getMonth() === month - 1;
  }
  // An answer that was lost may have been saved: the same is asked once more before anything newer is.
  let lost = null;
  function request() {
    const version = form.elements.version ? form.elements.version.value : "";
    if (lost && lost.version === version) return lost;
    const fields = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
    fields.append("action", "autosave");
    const control = typing();
    const part = Boolean(control) && !isWhole(control);
    if (part) fields.set(control.name, found[1]); else if (control) found = [control, control.value];
    return { version, part, edits: edits(), body: String(fields) };
  }

  // `anyhow`: also when nothing was changed, to learn what is still wrong.
  async function save(anyhow = false) {
    if (byId("conflict") || form.dataset.sending) return;
    // What was held waits for its person.
    if (!edits() && !(anyhow && !document.querySelector(".held"))) return;
    if (!form.dataset.changed && !anyhow) return;
    const sent = request();
    form.querySelectorAll("[data-touched]").forEach((part) => delete part.dataset.touched);
    let answer, text;
    try {
      answer = await fetch(form.getAttribute("action"), {
        method: "POST", body: sent.body, cache: "no-store",
        headers: { "Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true" },
        // The page may go away while it is hidden; browsers carry no more than 64 KiB on.
        keepalive: document.hidden && sent.body.length < 60000,
        signal: AbortSignal.timeout(timeout),
      });
      text = await answer.text();
    } catch {
      lost = sent;
      return tryAgain(0, 0);
    }
    lost = null;
    const to = answer.headers.get("HX-Redirect");
    if (to) return leave(to);
    const page = new DOMParser().parseFromString(text, "text/html");
    if (answer.status === 204) return;
    if (answer.status === 200) return take(page, sent);
    if (page.getElementById("conflict")) return conflict(page.getElementById("conflict"));
    if (answer.status === 429 || answer.status >= 500) return tryAgain(answer.status, Number(answer.headers.get("Retry-After")));
    line("Not saved");
    trouble(answer.status);
  }

  // What came of it.

  let failed = 0;
  function line(text) {
    if (byId("save-line").textContent !== text) byId("save-line").textContent = text;
  }
  function notices(texts) {
    const list = byId("save-notices");
    for (const text of texts.map((words) => words.trim()).filter(Boolean)) {
      for (const old of [...list.children]) if (old.textContent === text) old.remove();
      list.append(Object.assign(document.createElement("li"), { textContent: text }));
      announce(text);
    }
  }
  function take(page, sent) {
    failed = notBefore = 0;
    if (page.querySelector("form[data-autosave]")) return become(page);
    const control = typing();
    for (const part of [...page.body.children]) {
      const old = part.id && byId(part.id);
      if (!old) continue;
      if (part.id === "version") old.value = part.value;
      else if (part.id === "save-line") line(part.textContent);
      else if (part.id === "save-notices") notices([...part.children].map((item) => item.textContent));
      else if (part.matches("data")) rewrite(old, part.value, sent);
      else if (old.dataset.touched) continue;
      // What was chosen is in no attribute, so parts of the same HTML may differ by it.
      else if (inUse(old) || old.innerHTML === part.innerHTML) takeBack(old, part);
      else if (control && part.id === `${control.name}-message` && part.childElementCount) continue;
      else {
        old.replaceChildren(...part.childNodes);
        if (old.matches(".redrawn")) enhance(old);
      }
    }
    form.querySelectorAll(".message").forEach(markControls);
    if (!sent.part && edits() === sent.edits && !byId("save-line").textContent.startsWith("Not saved")) delete form.dataset.changed;
    else if (edits() !== sent.edits) due(afterKey);
  }
  // What was typed stands as it was saved, unless its person is on it or went on typing.
  function rewrite(control, value, sent) {
    if (!inUse(control) && control.value === new URLSearchParams(sent.body).get(control.name)) restore(control, value);
  }
  // The control in use stays where it is, but shows what was saved.
  function takeBack(old, part) {
    if (!old.matches(".redrawn")) return;
    for (const fresh of part.querySelectorAll("input")) {
      const control = byId(fresh.id);
      if (control && old.contains(control)) control.checked = fresh.checked;
    }
    const [message, now] = [old, part].map((one) => one.querySelector(".message"));
    if (message && now) message.replaceChildren(...now.childNodes);
    enhance(old);
  }
  // The first page has started a draft: it is the page of that draft from here on.
  function become(page) {
    const fresh = page.querySelector("form[data-autosave]");
    const address = fresh.getAttribute("action");
    history.replaceState(history.state, "", address);
    form.setAttribute("action", address);
    form.elements.id.remove();
    form.prepend(fresh.elements.version);
    document.title = page.title;
    for (const css of [".usa-breadcrumb", "main h1", "form[data-autosave] .buttons"]) {
      const old = document.querySelector(css);
      // A press that waits is one on the buttons there are.
      if (!inUse(old) && !form.dataset.sending) old.replaceWith(page.querySelector(css));
    }
    const end = page.querySelector(".form-end");
    if (end) byId("main").append(end);
    // It may have been started by a request whose answer was lost, and with other answers.
    return save();
  }
  function tryAgain(status, after) {
    notBefore = after ? Date.now() + after * 1000 : 0;
    const why = status === 429 || status === 503 ? "Not saved: the server is busy" : "Not saved";
    const delay = Math.max(again[failed] || 0, after || 0);
    failed += 1;
    if (failed <= again.length) {
      line(`${why}, trying again${after ? ` in ${delay} seconds` : ""}`);
      clearTimeout(timer);
      timer = setTimeout(next, delay * 1000);
      return;
    }
    const button = document.createElement("button");
    button.type = "button";
    button.className = "usa-button usa-button--unstyled";
    button.textContent = "Try again now";
    button.addEventListener("click", () => {
      failed = notBefore = 0;
      line("Not saved, trying again");
      byId("save-line").focus();
      next();
    });
    line(`${why}. `);
    byId("save-line").append(button);
  }
  // The panel stands above the form, which stays as it is: what is typed into it from now on goes with the panel's press.
  function conflict(panel) {
    panel.removeAttribute("role");
    panel.querySelectorAll("[autofocus]").forEach((part) => part.removeAttribute("autofocus"));
    byId("clash").replaceChildren(panel);
    const words = byId("conflict-heading").textContent;
    byId("save-line").textContent = `${words}. `;
    const link = Object.assign(document.createElement("a"), { className: "usa-link", href: "#conflict-heading", textContent: "Go to the changes" });
    byId("save-line").append(link);
    panel.addEventListener("submit", (event) => {
      const names = ["csrf", "version", "opened", "action", "kept_file"];
      event.target.querySelectorAll("input[type=hidden]").forEach((field) => { if (!names.includes(field.name)) field.remove(); });
      for (const [name, value] of new FormData(form)) {
        if (typeof value !== "string" || names.includes(name)) continue;
        event.target.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
      }
    });
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

  window.mcReview.draft = { conflict, notices, refresh: () => inTurn(() => save(true)), upload };
})();
