// Files chosen on a page of a draft go up at once, one a request, each with its progress. A row goes when its file is in
// the list; one that was not taken stays, with the reason, until its person is done with it. Without scripts the button
// of the list uploads.
"use strict";

(() => {
  if (!window.mcReview.draft) return;
  const { announce, leave, draft } = window.mcReview;
  const byId = (id) => document.getElementById(id);
  // A server that is busy says when to come back; so often we do so by ourselves.
  const retries = 3;

  function make(tag, className, text = "") {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    return element;
  }

  // The row of a file on its way, below those that are there.
  function rowFor(list, file) {
    let rows = list.querySelector(".uploads");
    if (!rows) {
      rows = make("ul", "files__rows uploads");
      list.querySelector(".files__add").before(rows);
    }
    const row = rows.appendChild(make("li", "files__row"));
    row.dataset.upload = file.name;
    const what = row.appendChild(make("div", "files__what"));
    what.appendChild(make("span", "files__name", file.name));
    const state = what.appendChild(make("span", "files__detail", "Waiting"));
    const bar = what.appendChild(make("div", "upload-bar"));
    bar.setAttribute("role", "progressbar");
    bar.setAttribute("aria-label", `Upload of ${file.name}`);
    bar.setAttribute("aria-valuemin", "0");
    bar.setAttribute("aria-valuemax", "100");
    bar.setAttribute("aria-valuenow", "0");
    const done = bar.appendChild(document.createElement("progress"));
    done.max = 100;
    done.value = 0;
    done.setAttribute("aria-hidden", "true");
    const buttons = row.appendChild(make("div", "files__buttons"));
    return { row, state, bar, done, buttons };
  }

  function button(upload, words, act) {
    const made = make("button", "usa-button usa-button--unstyled", words);
    made.type = "button";
    made.appendChild(make("span", "usa-sr-only", ` ${upload.file.name}`));
    made.addEventListener("click", act);
    upload.parts.buttons.append(made);
    return made;
  }

  // What the row offers now. Whoever stood on a button that goes stands on the first that comes.
  function offer(upload, buttons) {
    const { buttons: place } = upload.parts;
    const had = place.contains(document.activeElement);
    place.replaceChildren();
    const made = buttons.map(([words, act]) => button(upload, words, act));
    if (had) made[0].focus();
  }

  function begin(form, name, file) {
    const upload = { form, name, file, parts: rowFor(byId(name).closest(".files"), file), dropped: false, tries: 0 };
    const most = Number(byId(name).dataset.mostBytes);
    if (file.size > most) refuse(upload, `${file.name} is larger than ${most / 1024 / 1024} MiB.`);
    else enqueue(upload);
  }

  function enqueue(upload) {
    const { state, bar } = upload.parts;
    clearTimeout(upload.timer);
    state.textContent = "Waiting";
    state.className = "files__detail";
    bar.hidden = false;
    offer(upload, [["Cancel", () => drop(upload)]]);
    mark(upload);
    draft.upload(async () => upload.dropped || send(upload));
  }

  // Takes the row away; the focus goes to the line of the list where it would be lost.
  function drop(upload) {
    upload.dropped = true;
    clearTimeout(upload.timer);
    if (upload.request) upload.request.abort();
    const had = upload.parts.row.contains(document.activeElement);
    upload.parts.row.remove();
    mark(upload);
    if (had) byId(`${upload.name}-line`).focus();
  }

  // A list in which something is wrong looks like it.
  function mark({ name }) {
    const group = byId(name).closest(".usa-form-group");
    group.classList.toggle("usa-form-group--error", Boolean(group.querySelector(".usa-error-message, .uploads .files__message")));
  }

  // Whether the file came to its end: taken, or taken back by its person.
  function send(upload) {
    const { form, name, file, parts } = upload;
    const fields = new FormData();
    fields.append("csrf", form.elements.csrf.value);
    fields.append("version", form.elements.version.value);
    fields.append("action", "upload");
    fields.append(name, file);
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      upload.request = request;
      request.upload.addEventListener("progress", (event) => {
        if (!event.lengthComputable) return;
        const percent = Math.round(100 * event.loaded / event.total);
        parts.state.textContent = percent < 100 ? `${percent} %` : "Being stored";
        parts.done.value = percent;
        parts.bar.setAttribute("aria-valuenow", String(percent));
      });
      request.addEventListener("load", () => resolve(take(upload, request)));
      request.addEventListener("error", () => resolve(fail(upload, "Upload failed. Nothing was stored.")));
      request.addEventListener("abort", () => resolve(true));
      request.open("POST", form.getAttribute("action"));
      request.setRequestHeader("HX-Request", "true");
      request.responseType = "document";
      request.send(fields);
    });
  }

  // The page that the server answers with holds the list as it is now, and the version.
  function take(upload, request) {
    const { form, name, file } = upload;
    const page = request.responseXML;
    const to = request.getResponseHeader("HX-Redirect");
    if (to) return leave(to);
    // Its page gives back what was sent; here the file itself is still at hand.
    if (request.status === 429 || request.status >= 500) return fail(upload, ...reason(request));
    const conflict = page && page.getElementById("conflict");
    if (conflict) return settle(upload, conflict);
    const line = page && page.getElementById(`${name}-line`);
    const version = page && page.getElementById("version");
    if (!line || !version) return fail(upload, ...reason(request));
    form.elements.version.value = version.value;
    const list = line.closest(".files");
    merge(byId(name).closest(".files"), list);
    byId(`${name}-line`).textContent = line.textContent;
    draft.notices([...page.querySelectorAll("main > .usa-alert--info:not(.colleagues)")].map((alert) => alert.textContent));
    const refusal = list.querySelector(":scope > .usa-error-message");
    // A page that shows its problems learns which of them are left.
    if (form.elements.checked) draft.refresh();
    if (refusal) return refuse(upload, refusal.lastChild.textContent);
    drop(upload);
    announce(`${file.name} was uploaded. ${line.textContent}`);
    return true;
  }

  function reason(request) {
    const { status } = request;
    if (status === 429 || status === 503) return ["The server is busy. Nothing was stored.", Number(request.getResponseHeader("Retry-After"))];
    if (status === 413) return ["The file is too large. Nothing was stored."];
    return [`Upload failed. Nothing was stored.${status >= 400 && status < 500 ? " Load the page again." : ""}`];
  }

  // Others changed the draft: the file is kept, and goes with the press that settles it.
  function settle(upload, conflict) {
    const kept = [...conflict.querySelectorAll("[name=kept_file]")];
    const panel = byId("conflict");
    if (!panel) draft.conflict(document.adoptNode(conflict));
    else if (kept.length && panel.querySelector("form")) panel.querySelector("form").append(...kept);
    if (!kept.some((field) => field.isConnected)) return fail(upload, "Nothing was stored: this draft can\u2019t be changed any more.");
    const remove = () => { kept.forEach((field) => field.remove()); drop(upload); };
    show(upload, "files__detail", "Kept. It is added when you save your choices above the form.", [["Remove", remove]]);
    return false;
  }

  function fail(upload, words, after = 0) {
    if (upload.dropped) return true;
    upload.tries += 1;
    const soon = after && upload.tries <= retries;
    if (soon) upload.timer = setTimeout(() => enqueue(upload), after * 1000);
    const retry = () => { upload.tries = 0; enqueue(upload); };
    const all = soon ? `${words} It is tried again in ${after} seconds.` : words;
    show(upload, "files__message", all, [["Retry", retry], ["Remove", () => drop(upload)]]);
    return false;
  }

  function refuse(upload, words) {
    const another = () => {
      const input = byId(upload.name);
      drop(upload);
      input.focus();
      input.click();
    };
    show(upload, "files__message", words, [["Choose another", another], ["Remove", () => drop(upload)]]);
    return false;
  }

  function show(upload, className, words, buttons) {
    const { state, bar } = upload.parts;
    state.textContent = words;
    state.className = className;
    bar.hidden = true;
    offer(upload, buttons);
    mark(upload);
    announce(words.includes(upload.file.name) ? words : `${upload.file.name}: ${words}`);
  }

  // Rows that came and rows that went; one that stays is not touched.
  function merge(list, fresh) {
    const came = [...fresh.querySelectorAll(".files__row")];
    let rows = list.querySelector(".files__rows:not(.uploads)");
    if (!rows && came.length) {
      rows = make("ul", "files__rows");
      list.querySelector(".uploads, .files__add").before(rows);
    }
    if (!rows) return;
    const line = list.querySelector(".files__line");
    for (const row of [...rows.children]) {
      if (came.some((other) => other.id === row.id)) continue;
      if (row.contains(document.activeElement)) line.focus();
      row.remove();
    }
    for (const row of came.filter((other) => !byId(other.id))) {
      rows.append(document.adoptNode(row));
      window.htmx.process(row);
    }
    if (!rows.children.length) rows.remove();
  }

  // Before others hear of the change: a chosen file is no answer to be saved by itself.
  window.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches || !input.matches("form[data-autosave] .files__input")) return;
    event.stopImmediatePropagation();
    for (const file of [...input.files]) begin(input.form, input.name, file);
    input.value = "";
  }, true);
  window.addEventListener("input", (event) => {
    if (event.target.matches && event.target.matches("form[data-autosave] .files__input")) event.stopImmediatePropagation();
  }, true);
})();
