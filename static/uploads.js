// Files chosen on a form page go up at once, one a request, each with its progress. Without scripts the button does it.
"use strict";

(() => {
  const byId = (id) => document.getElementById(id);
  const queues = new WeakMap();
  const UPLOADED = "uploaded";

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
  }

  function begin(form, name, file) {
    const parts = rowFor(byId(name).closest(".files"), file);
    const upload = { form, name, file, parts, dropped: false };
    button(upload, "Cancel", () => drop(upload));
    enqueue(upload);
  }

  function enqueue(upload) {
    const before = queues.get(upload.form) || Promise.resolve();
    queues.set(upload.form, before.then(() => quiet(upload.form)).then(() => upload.dropped ? undefined : send(upload)));
  }

  // Saves of the form go one after the other, each with the version that the one before returned.
  function quiet(form) {
    return new Promise((resolve) => {
      const look = () => form.dataset.saving || form.dataset.sending ? setTimeout(look, 50) : resolve();
      look();
    });
  }

  function drop(upload) {
    upload.dropped = true;
    if (upload.request) upload.request.abort();
    const list = upload.parts.row.closest(".files");
    upload.parts.row.remove();
    const line = byId(`${upload.name}-line`);
    if (list && line) line.focus();
  }

  function send(upload) {
    const { form, name, file, parts } = upload;
    form.dataset.saving = "yes";
    form.dataset.uploading = "yes";
    const fields = new FormData();
    fields.append("csrf", form.elements.csrf.value);
    fields.append("version", form.elements.version.value);
    fields.append("action", "upload");
    fields.append(name, file);
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      upload.request = request;
      const end = () => {
        delete form.dataset.saving;
        delete form.dataset.uploading;
        resolve();
        form.dispatchEvent(new CustomEvent(UPLOADED, { bubbles: true }));
      };
      request.upload.addEventListener("progress", (event) => {
        if (!event.lengthComputable) return;
        const percent = Math.round(100 * event.loaded / event.total);
        parts.state.textContent = percent < 100 ? `${percent} %` : "Being stored";
        parts.done.value = percent;
        parts.bar.setAttribute("aria-valuenow", String(percent));
      });
      request.addEventListener("load", () => { take(upload, request); end(); });
      request.addEventListener("error", () => { fail(upload); end(); });
      request.addEventListener("abort", end);
      request.open("POST", form.getAttribute("action"));
      request.responseType = "document";
      request.send(fields);
    });
  }

  // The page that the server answers with holds the list as it is now, and the version.
  function take(upload, request) {
    const page = request.responseXML;
    const answered = new URL(request.responseURL).pathname;
    if (answered === "/sign-in") {
      location.assign(request.responseURL);
      return;
    }
    if (request.status === 429) {
      fail(upload);
      return;
    }
    const conflict = page && page.getElementById("conflict");
    if (conflict) {
      upload.parts.row.remove();
      byId("clash").replaceChildren(document.adoptNode(conflict));
      byId("conflict-heading").focus();
      upload.form.inert = true;
      return;
    }
    const line = page && page.getElementById(`${upload.name}-line`);
    const version = page && page.getElementById("version");
    if (request.status >= 500 || !line || !version) {
      fail(upload);
      return;
    }
    upload.form.elements.version.value = version.value;
    upload.parts.row.remove();
    redraw(upload.name, line.closest(".usa-form-group"));
  }

  function redraw(name, fresh) {
    const old = byId(`${name}-line`).closest(".usa-form-group");
    const rows = old.querySelector(".uploads");
    const group = document.adoptNode(fresh);
    if (rows && rows.children.length) group.querySelector(".files__add").before(rows);
    old.replaceWith(group);
    window.htmx.process(group);
    const line = byId(`${name}-line`);
    const refusal = group.querySelector(".usa-error-message");
    byId("live").textContent = refusal ? refusal.textContent : line.textContent;
    if (!group.querySelector(".uploads")) line.focus();
  }

  function fail(upload) {
    if (upload.dropped) return;
    const { state, bar, buttons } = upload.parts;
    state.textContent = "Upload failed. Nothing was stored.";
    state.className = "files__message";
    bar.hidden = true;
    buttons.replaceChildren();
    button(upload, "Retry", () => {
      state.textContent = "Waiting";
      state.className = "files__detail";
      bar.hidden = false;
      buttons.replaceChildren();
      button(upload, "Cancel", () => drop(upload));
      enqueue(upload);
    });
    button(upload, "Remove", () => drop(upload));
    byId("live").textContent = `${upload.file.name}: upload failed. Nothing was stored.`;
  }

  // Before others hear of the change: a chosen file is no answer to be saved by itself.
  window.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches || !input.matches("form[data-guard] .files__input") || !input.form.elements.version) return;
    event.stopImmediatePropagation();
    for (const file of [...input.files]) begin(input.form, input.name, file);
    input.value = "";
  }, true);
  window.addEventListener("input", (event) => {
    if (event.target.matches && event.target.matches("form[data-guard] .files__input")) event.stopImmediatePropagation();
  }, true);
})();
