"use strict";
// Figures of the page: the rows of the book, and how numbers, cards and tables are shown.
// Texts of the book are set as text, never as HTML.
window.burnbookFigures = (() => {
  const MOST_ROWS = 1000; // of a table
  const MOST_MODELS = 3; // in a note
  const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
  const short = new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 });
  const exact = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });
  const money = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

  const time = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short" });

  const make = (tag, values = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), values);
    element.append(...children);
    return element;
  };
  const sum = (list, field) => list.reduce((total, row) => total + row[field], 0);

  // Columns and series of the page as rows, see usage_facts.as_json.
  const rows = (usage, kind) => {
    if (!usage) return [];
    const { series: ids, ...columns } = usage[kind];
    return ids.map((id, n) => {
      const row = {};
      for (const name in columns) row[name] = columns[name][n];
      usage.dimensions.forEach((name, k) => { row[name] = usage.series[id][k]; });
      return row;
    });
  };

  // A card again, over the rows that a filter leaves.
  const filtered = (card, now, before) => ({
    ...card,
    value: sum(now, card.name),
    before: before.length ? sum(before, card.name) : null,
    ...(card.name === "usd" ? { is_least: now.some((row) => row.unpriced), note: unpriced(now) } : {}),
  });
  const unpriced = (list) => {
    const models = [...new Set(list.filter((row) => row.unpriced).map((row) => row.model))].sort();
    const rest = models.length > MOST_MODELS ? ` and ${models.length - MOST_MODELS} more` : "";
    return models.length ? `no price for requests of ${models.slice(0, MOST_MODELS).join(", ")}${rest}` : "";
  };
  const number = (value, unit) => value == null ? "" : unit === "USD" ? money.format(value)
    : Math.abs(value) >= 1e6 ? short.format(value)
    : unit ? exact.format(value) : whole.format(value);
  const change = ({ value, before, unit }) => {
    if (before == null || value == null) return "";
    const earlier = `before: ${number(before, unit)}${unit ? ` ${unit}` : ""}`;
    if (!before) return earlier;
    const percent = Math.round(100 * (value / before - 1));
    const words = percent === 0 ? "unchanged" : `${percent > 0 ? "\u25b2" : "\u25bc"} ${whole.format(Math.abs(percent))}% ${percent > 0 ? "more" : "less"}`;
    return `${words}, ${earlier}`;
  };
  const card = (each, note) => {
    const isUnknown = !each.text && (each.value == null || (each.is_least && !each.value));
    const small = (textContent) => make("span", { textContent });
    const text = each.text || `${each.is_least ? "at least " : ""}${number(each.value, each.unit)}${each.unit ? ` ${each.unit}` : ""}`;
    const end = each.unit && text.endsWith(` ${each.unit}`) ? ` ${each.unit}` : "";
    const start = text.startsWith("at least ") ? "at least " : "";
    const value = isUnknown ? ["unknown"] : [small(start), text.slice(start.length, text.length - end.length), small(end)];
    const lines = [["change", isUnknown ? "" : change(each)], ["note", each.note], ["note", note]];
    const item = make("li", {},
      make("span", { className: "title", textContent: each.title }),
      make("span", { className: "value", title: each.value == null ? "" : exact.format(each.value) }, ...value),
      ...lines.filter(([, textContent]) => textContent).map(([className, textContent]) => make("span", { className, textContent })));
    item.dataset.card = each.name;
    item.dataset.value = each.value ?? "";
    return item;
  };

  // The table behind a chart. Columns: pairs of a field and its heading; `*` is the name of the
  // group. Times: the fields that Vega has parsed, which its axes show in the same zone.
  const cellText = (row, field, times) => {
    const value = row[field];
    if (value != null && times.has(field)) {
      const moment = new Date(value);
      return Number.isNaN(moment.getTime()) ? String(value) : time.format(moment);
    }
    if (field === "usd" && row.unpriced) return value ? `at least ${money.format(value)}` : "unknown";
    if (typeof value === "number") return (field === "usd" ? money : exact).format(value);
    return value == null ? "-" : String(value);
  };
  const table = (columns, list, times, by, title) => {
    const isNumber = (field) => !times.has(field) && list.some((row) => typeof row[field] === "number");
    const cell = (tag, field, textContent) => make(tag, { textContent, className: isNumber(field) ? "number" : "" });
    const head = columns.map(([field, heading]) => Object.assign(cell("th", field, heading === "*" ? by : heading), { scope: "col" }));
    const body = list.slice(0, MOST_ROWS).map((row) => make("tr", {}, ...columns.map(([field]) => {
      const item = cell("td", field, cellText(row, field, times));
      if (isNumber(field) && row[field] != null) item.dataset.value = row[field];
      return item;
    })));
    const caption = list.length > MOST_ROWS ? `${title}: the first ${whole.format(MOST_ROWS)} of ${whole.format(list.length)} rows` : title;
    return make("table", {}, make("caption", { textContent: caption }), make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body));
  };

  return { make, rows, filtered, card, table, tokens: (list) => short.format(sum(list, "tokens")) };
})();
