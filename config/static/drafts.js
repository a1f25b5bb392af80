// What is typed into a form is kept in this browser until the site has taken it: also when the connection breaks.
//
// One draft a form, under the person's key: of each field what the page had said and what was typed instead. The site
// answers a form that it has taken with a cookie that names the draft, which is then forgotten. Nothing is kept of
// passwords, codes, files and hidden fields, nor on pages that need no signing in.
"use strict";
(() => {
  const person = document.currentScript.dataset.person;
  const PREFIX = "draft:", OWNER = "draft-owner", TAKEN = "taken_";
  const MOST = 30, LONGEST = 300000, LIVES = 14 * 24 * 3600 * 1000, A_WHILE = 400;
  const UNKEPT = ["hidden", "password", "file", "submit", "button", "image", "reset"];
  // Hidden fields that say which state of the page was read, and not what the form is about.
  const STATES = ["csrfmiddlewaretoken", "version", "seen", "manifest", "edition", "next", "draft"];
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  // -- the browser's store, which may be full or forbidden ---------------------------------------------------------

  const read = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
  const write = (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { remove(key); } };
  const remove = (key) => { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } };
  const keys = () => { try { return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)); } catch { return []; } };

  // Of another person, too old, more than MOST, or taken by the site: none of these stays.
  function tidy() {
    const taken = takenBySite();
    const kept = [];
    for (const key of keys()) {
      const draft = read(key);
      const stays = key.startsWith(`${PREFIX}${person}:`) && draft && Date.now() - draft.at < LIVES;
      if (stays && !taken.includes(draft.id)) kept.push([draft.at, key]); else remove(key);
    }
    kept.sort((one, other) => other[0] - one[0]).slice(MOST).forEach(([, key]) => remove(key));
  }

  function takenBySite() {
    const names = document.cookie.split("; ").map((one) => one.split("=")[0]).filter((name) => name.startsWith(TAKEN));
    names.forEach((name) => { document.cookie = `${name}=; path=/; max-age=0; SameSite=Lax`; });
    return names.map((name) => name.slice(TAKEN.length));
  }

  // -- the fields of a form ----------------------------------------------------------------------------------------

  const controls = (form) => [...form.elements].filter((one) => one.name && !one.disabled && !one.readOnly
    && /^(INPUT|TEXTAREA|SELECT)$/.test(one.tagName) && !UNKEPT.includes(one.type) && one.autocomplete !== "one-time-code");
  const names = (form) => [...new Set(controls(form).map((one) => one.name))];
  const named = (form, name) => controls(form).filter((one) => one.name === name);
  const ticked = (one) => one.type === "checkbox" || one.type === "radio";

  // What the fields of this name say, or what the page had said in them.
  function values(form, name, before) {
    return named(form, name).flatMap((one) => {
      if (ticked(one)) return (before ? one.defaultChecked : one.checked) ? [one.value] : [];
      if (one.tagName !== "SELECT") return [before ? one.defaultValue : one.value];
      const options = [...one.options];
      const chosen = options.filter((option) => (before ? option.defaultSelected : option.selected));
      return (chosen.length || one.multiple ? chosen : options.slice(0, 1)).map((option) => option.value);
    });
  }

  function put(form, name, said) {
    named(form, name).forEach((one, number) => {
      if (ticked(one)) one.checked = said.includes(one.value);
      else if (one.tagName === "SELECT") [...one.options].forEach((option) => { option.selected = said.includes(option.value); });
      else one.value = said[number] ?? one.value;
    });
  }

  // -- which form it is --------------------------------------------------------------------------------------------

  const address = (form) => new URL(form.getAttribute("action") || location.href, location.href).pathname;
  const kept = (form) => form.getAttribute("method")?.toLowerCase() === "post" && names(form).length > 0;

  // The text as a number, so that no hidden value stands in the store.
  function short(text) {
    let sum = 0;
    for (const sign of text) sum = (sum * 31 + sign.codePointAt(0)) % 281474976710597;
    return sum.toString(36);
  }

  // By where it is sent, its fields and what its hidden fields say it is about; alike ones by their order.
  function plainKey(form) {
    const about = [...form.elements].filter((one) => one.type === "hidden" && !STATES.includes(one.name));
    const said = [...names(form), ...about.map((one) => `${one.name}=${one.defaultValue}`)].join("&");
    return `${PREFIX}${person}:${address(form)}|${short(said)}`;
  }

  function keyOf(form) {
    const plain = plainKey(form);
    const alike = [...document.forms].filter((one) => kept(one) && plainKey(one) === plain);
    return `${plain}|${alike.indexOf(form)}`;
  }

  // -- keeping -----------------------------------------------------------------------------------------------------

  function keep(form) {
    if (!form.isConnected || !kept(form) || read(OWNER) !== person) return null;
    const key = keyOf(form), fields = {}, before = read(key);
    for (const name of names(form)) {
      const was = before?.fields[name]?.[0] ?? values(form, name, true), now = values(form, name);
      if (!same(was, now)) fields[name] = [was, now];
    }
    const draft = { id: before?.id || newId(), at: Date.now(), fields };
    if (Object.keys(fields).length === 0 || JSON.stringify(draft).length > LONGEST) return remove(key), null;
    write(key, draft);
    return draft;
  }

  const newId = () => (Date.now().toString(36) + Math.random().toString(36).slice(2)).slice(0, 20);

  // -- putting back ------------------------------------------------------------------------------------------------

  // What the page has said anew since is not overwritten: it is shown beside what was typed.
  function putBack(form) {
    const key = keyOf(form), draft = read(key);
    if (!draft) return;
    const changed = [];
    let isBack = false;
    for (const [name, [was, typed]] of Object.entries(draft.fields)) {
      const says = values(form, name, true);
      if (same(says, typed)) continue;
      if (same(says, was)) { put(form, name, typed); isBack = true; } else changed.push([name, typed]);
    }
    if (isBack || changed.length) tell(form, key, draft, isBack, changed);
  }

  function tell(form, key, draft, isBack, changed) {
    const notice = document.getElementById("draft-notice").content.cloneNode(true).firstElementChild;
    const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
    const when = new Date(draft.at).toLocaleString(language,
      { day: "numeric", month: "numeric", hour: "2-digit", minute: "2-digit" });
    notice.querySelector("[data-when]").textContent = when;
    notice.querySelector("[data-back]").hidden = !isBack;
    notice.querySelector("[data-changed]").hidden = !changed.length;
    const lines = notice.querySelector("[data-changed]").appendChild(document.createElement("ul"));
    for (const [name, typed] of changed) {
      const line = document.createElement("li");
      const label = named(form, name)[0]?.labels?.[0]?.textContent.trim() ?? name;
      line.textContent = `${label}: ${typed.join(", ")}`;
      lines.append(line);
    }
    const button = notice.querySelector("button");
    button.className = "btn btn--second";
    button.addEventListener("click", () => discard(form, key, draft, notice));
    form.prepend(notice);
    for (let fold = form.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  }

  function discard(form, key, draft, notice) {
    remove(key);
    for (const name of Object.keys(draft.fields)) put(form, name, values(form, name, true));
    notice.remove();
    controls(form)[0]?.focus();
  }

  // -- sending -----------------------------------------------------------------------------------------------------

  function sending(event) {
    const form = event.target;
    if (form.hasAttribute("data-forgets-drafts")) return forgetAll();
    const draft = kept(form) ? keep(form) : null;
    if (!draft) return;
    if (!navigator.onLine && !form.dataset.offline) {
      form.dataset.offline = "told"; // a second press goes through: the browser may be wrong
      form.prepend(document.getElementById("draft-offline").content.cloneNode(true));
      form.firstElementChild.scrollIntoView({ block: "nearest" });
      return event.preventDefault();
    }
    const field = form.elements.draft ?? form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: "draft" }));
    field.value = draft.id;
  }

  function forgetAll() {
    remove(OWNER); // other pages that are open keep nothing more
    keys().forEach(remove);
  }

  // -- all together ------------------------------------------------------------------------------------------------

  const waiting = new Map();
  function soon(event) {
    const form = event.target.form;
    if (!form || !kept(form)) return;
    clearTimeout(waiting.get(form));
    waiting.set(form, setTimeout(() => { waiting.delete(form); keep(form); }, A_WHILE));
  }
  function now() {
    for (const [form, timer] of waiting) { clearTimeout(timer); keep(form); }
    waiting.clear();
  }

  tidy();
  write(OWNER, person);
  [...document.forms].filter(kept).forEach(putBack);
  document.addEventListener("input", soon);
  document.addEventListener("change", soon);
  document.addEventListener("submit", sending);
  document.addEventListener("visibilitychange", now);
  window.addEventListener("pagehide", now);
})();
