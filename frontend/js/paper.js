// Making parts of the page: elements, fields, words. Text is always text, never markup.
const words = Object.fromEntries(
  [...document.querySelectorAll("#kata [data-kata]")].map((one) => [one.dataset.kata, one.textContent]),
);
export const say = (name) => words[name] ?? name;

export function h(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((one) => one != null && one !== false));
  return made;
}

let count = 0;
export function field(label, control, hint = "") {
  control.id ||= `isian-${(count += 1)}`;
  const help = hint && h("div", { class: "govuk-hint", id: `${control.id}-bantu` }, hint);
  if (help) control.setAttribute("aria-describedby", help.id);
  return h("div", { class: "govuk-form-group" },
    h("label", { class: "govuk-label govuk-label--s", for: control.id }, label), help || null, control);
}
export const input = (name, attributes = {}) => h("input", { class: "govuk-input", name, ...attributes });
export const select = (name, options) =>
  h("select", { class: "govuk-select", name, required: true },
    options.map(([value, label]) => h("option", { value }, label)));
export const button = (label, onclick, kind = "") =>
  h("button", { class: `govuk-button ${kind}`, type: onclick ? "button" : "submit", ...(onclick && { onclick }) }, label);
export const second = "govuk-button--secondary";

export const day = (iso) => (iso ? new Date(iso).toLocaleDateString(document.documentElement.lang, { dateStyle: "medium" }) : "");
export const today = () => new Date().toLocaleDateString("sv"); // the Swedish way of writing a date is ISO 8601
export const moment = (iso) =>
  iso ? new Date(iso).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }) : "";
