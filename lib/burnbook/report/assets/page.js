"use strict";
// Draws the charts over the data of the page. Texts of the book are set as text, never as HTML.
(() => {
  const MOST_ROWS = 500; // of a table
  const FILTERED = ["usage_days", "usage_hours"];
  const make = (tag, values = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), values);
    element.append(...children);
    return element;
  };
  const get = (id) => document.getElementById(id);
  const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
  const short = new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 });
  const money = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

  let book = JSON.parse(get("data").textContent);
  const state = { by: "model", only: null };
  const views = [];

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
  const isWanted = (row) => !state.only || row[state.only.field] === state.only.name;
  const dataset = (name) => {
    if (name === "usage_days") return rows(book.usage, "days").filter(isWanted);
    if (name === "usage_hours") return rows(book.usage, "hours").filter(isWanted);
    return book.datasets[name];
  };
  const sum = (list, field) => list.reduce((total, row) => total + row[field], 0);

  const figure = (card) => {
    if (!["tokens", "usd", "requests"].includes(card.name)) return card;
    const now = dataset("usage_days");
    const before = rows(book.usage_before, "days").filter(isWanted);
    return {
      ...card,
      value: sum(now, card.name),
      before: book.usage_before ? sum(before, card.name) : null,
      is_least: card.name === "usd" && now.some((row) => row.unpriced),
    };
  };
  const shown = (card) => {
    const text = card.unit === "USD" ? money.format(card.value) : card.value < 1e6 ? whole.format(card.value) : short.format(card.value);
    return `${card.is_least ? "at least " : ""}${text}${card.unit ? ` ${card.unit}` : ""}`;
  };
  const change = (card) => {
    if (!card.before) return card.note;
    const percent = Math.round(100 * (card.value / card.before - 1));
    const words = percent === 0 ? "unchanged" : `${whole.format(Math.abs(percent))}% ${percent > 0 ? "more" : "less"}`;
    return `${words} than before`.replace("unchanged than before", "unchanged");
  };
  const showCards = () => {
    get("cards").replaceChildren(...book.cards.map(figure).map((card) => make(
      "li", {},
      make("span", { className: "title", textContent: card.title }),
      make("span", { className: "value", textContent: shown(card) }),
      make("span", { className: "change", textContent: change(card) }),
    )));
    for (const [n, card] of [...get("cards").children].entries()) card.dataset.card = book.cards[n].name;
  };

  const names = (field) => {
    const sizes = new Map();
    for (const row of rows(book.usage, "days")) sizes.set(row[field], (sizes.get(row[field]) || 0) + row.tokens);
    return [...sizes].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
  };
  const showControls = () => {
    get("by").replaceChildren(...book.usage.dimensions.map((name) => make("option", { value: name, textContent: name, selected: name === state.by })));
    const options = names(state.by).map((name) => make("option", { value: name, textContent: name }));
    get("only").replaceChildren(make("option", { value: "", textContent: `every ${state.by}` }), ...options);
    get("only").value = state.only && state.only.field === state.by ? state.only.name : "";
    get("clear").hidden = !state.only;
    get("filtered").textContent = state.only ? `Only requests whose ${state.only.field} is ${state.only.name}. Charts without usage are not filtered.` : "";
  };

  // Where the marks of a chart come from: the data after its transforms.
  const drawn = (marks) => {
    for (const mark of marks || []) {
      const from = (mark.from && (mark.from.data || (mark.from.facet && mark.from.facet.data))) || drawn(mark.marks);
      if (from) return from;
    }
    return null;
  };
  const table = (chart, results) => {
    const list = results.flatMap(({ view, vgSpec }) => view.data(chart.table || drawn(vgSpec.marks) || chart.data)).slice(0, MOST_ROWS);
    const columns = Object.entries(chart.columns).map(([field, title]) => [field === "name" ? "name" : field, title]);
    const isNumber = (field) => list.some((row) => typeof row[field] === "number");
    const cell = (tag, field, text) => make(tag, { textContent: text, className: isNumber(field) ? "number" : "" });
    const text = (value) => typeof value === "number" ? value.toLocaleString("en-US", { maximumFractionDigits: 2 }) : value == null ? "-" : String(value);
    const head = make("tr", {}, ...columns.map(([field, title]) => Object.assign(cell("th", field, title === "*" ? state.by : title), { scope: "col" })));
    const body = list.map((row) => make("tr", {}, ...columns.map(([field]) => cell("td", field, text(row[field])))));
    return make("table", {}, make("thead", {}, head), make("tbody", {}, ...body));
  };

  const theme = () => {
    const style = getComputedStyle(document.body);
    const dim = style.getPropertyValue("color");
    const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
    const line = isDark ? "#343a45" : "#d9dde3";
    return {
      background: null,
      font: style.fontFamily,
      axis: { labelColor: dim, titleColor: dim, gridColor: line, domainColor: line, tickColor: line },
      legend: { labelColor: dim, titleColor: dim },
      header: { labelColor: dim, titleColor: dim },
      text: { color: dim },
      view: { stroke: null },
      range: { category: isDark ? book.palette.dark : book.palette.light },
    };
  };
  const options = () => ({
    actions: false, ast: true, renderer: "svg", defaultStyle: false, config: theme(),
    tooltip: { disableDefaultStyle: true },
  });
  const embed = async (chart, values, element, title) => {
    const spec = structuredClone(chart.spec);
    if (Array.isArray(spec.data)) spec.data[0].values = values; else spec.data = { name: chart.data, values };
    for (const each of spec.params || spec.signals || []) if (each.name === "by") each.value = state.by;
    delete spec.usermeta;
    const result = await window.burnbookCharts.embed(element, spec, options());
    const svg = element.querySelector("svg");
    if (svg) { svg.setAttribute("role", "img"); svg.setAttribute("aria-label", `${title}. ${chart.summary}`); }
    if ((chart.spec.signals || chart.spec.params || []).some((each) => each.name === "picked")) {
      result.view.addSignalListener("picked", (_, name) => { if (name) filter({ field: state.by, name }); });
    }
    return result;
  };
  const draw = async (chart, place) => {
    for (const result of place.results || []) result.finalize();
    place.results = [];
    const values = dataset(chart.data);
    place.details.hidden = !values || !values.length;
    if (place.details.hidden) {
      place.chart.replaceChildren(make("p", { className: "note", textContent: chart.empty }));
      return;
    }
    const names = chart.each ? [...new Set(values.map((row) => row[chart.each]))] : [null];
    const parts = names.map((name) => make("div", { className: "part" }));
    place.chart.replaceChildren(...names.flatMap((name, n) => name === null ? [parts[n]] : [make("h3", { textContent: name }), parts[n]]));
    for (const [n, name] of names.entries()) {
      const own = name === null ? values : values.filter((row) => row[chart.each] === name);
      place.results.push(await embed(chart, own, parts[n], name === null ? chart.title : `${chart.title}: ${name}`));
    }
    if (place.details.open) showTable(chart, place);
  };
  const showTable = (chart, place) => {
    place.scroll.replaceChildren(table(chart, place.results));
  };
  const build = () => {
    for (const place of views) for (const result of place.results || []) result.finalize();
    views.length = 0;
    get("charts").replaceChildren(...book.charts.map((chart) => {
      const place = { chart: make("div", { className: "chart" }), scroll: make("div", { className: "scroll", tabIndex: 0 }) };
      place.scroll.setAttribute("aria-label", `Table: ${chart.title}`);
      place.scroll.setAttribute("role", "region");
      place.details = make("details", {}, make("summary", { textContent: "Table" }), place.scroll);
      place.details.addEventListener("toggle", () => { if (place.details.open && place.results) showTable(chart, place); });
      const caption = make("figcaption", {}, make("h2", { textContent: chart.title }), make("p", { className: "summary", textContent: chart.summary }));
      const whole = make("figure", { className: chart.is_wide ? "wide" : "" }, caption, place.chart, place.details);
      whole.dataset.chart = chart.name;
      views.push(Object.assign(place, { of: chart }));
      return whole;
    }));
  };
  const show = async (isFiltered = () => true) => {
    showControls();
    showCards();
    for (const place of views) if (isFiltered(place.of)) await draw(place.of, place);
    document.body.dataset.ready = "";
  };
  const filter = (only) => { state.only = only; show((chart) => FILTERED.includes(chart.data)); };

  get("by").addEventListener("change", (event) => { state.by = event.target.value; show((chart) => FILTERED.includes(chart.data)); });
  get("only").addEventListener("change", (event) => filter(event.target.value ? { field: state.by, name: event.target.value } : null));
  get("clear").addEventListener("click", () => filter(null));
  get("controls").addEventListener("submit", (event) => event.preventDefault());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => show());
  // A live page: the server has an event for each change of the book.
  const follow = () => {
    let isLoading = false, isOld = false;
    const load = async () => {
      if (isLoading) { isOld = true; return; }
      isLoading = true;
      const response = await fetch("data.json");
      if (response.ok) {
        book = await response.json();
        get("headline").textContent = book.headline;
        get("at").textContent = book.at;
        await show();
      }
      isLoading = false;
      if (isOld) { isOld = false; load(); }
    };
    const events = new EventSource("events");
    events.onopen = () => { get("state").textContent = "live"; };
    events.onerror = () => { get("state").textContent = "not connected: these figures may be old"; };
    events.onmessage = load;
  };
  build();
  show();
  if ("live" in document.body.dataset) follow();
})();
