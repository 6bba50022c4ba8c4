"use strict";
// Draws the charts over the data of the page, and filters what is about usage.
(() => {
  const { make, rows, filtered, card, table, tokens } = window.burnbookFigures;
  const KINDS = { usage_days: "days", usage_hours: "hours" };
  const get = (id) => document.getElementById(id);
  let book = JSON.parse(get("data").textContent);
  const state = { by: "model", only: {} }; // the group; the filter: one name of a dimension

  const all = {}; // usage rows of the book
  const load = () => {
    for (const [name, kind] of Object.entries(KINDS)) all[name] = rows(book.usage, kind);
    all.before = rows(book.usage_before, "days");
  };
  const wanted = (list, except = null) => {
    const only = Object.entries(state.only).filter(([field]) => field !== except);
    return list.filter((row) => only.every(([field, name]) => row[field] === name));
  };
  const dataset = (name) => name in KINDS ? wanted(all[name]) : book.datasets[name];

  const showCards = () => {
    const now = dataset("usage_days"), before = wanted(all.before);
    const isFiltered = Object.keys(state.only).length > 0;
    get("cards").replaceChildren(...book.cards.map((each) => each.name in book.usage.days
      ? card(filtered(each, now, before))
      : card(each, isFiltered ? "not filtered" : "")));
  };

  // The options of a list, unless they are the same: a list that is open stays open.
  const setOptions = (select, options, value) => {
    const old = [...select.options].map((each) => `${each.value}\n${each.text}`);
    if (old.join("\n") !== options.map((each) => each.join("\n")).join("\n")) {
      select.replaceChildren(...options.map(([name, text]) => make("option", { value: name, textContent: text })));
    }
    select.value = value;
  };
  const showControls = () => {
    setOptions(get("by"), book.usage.dimensions.map((name) => [name, name]), state.by);
    const used = new Set(wanted(all.usage_days, state.by).map((row) => row[state.by]));
    const names = book.usage.names[state.by].filter((name) => used.has(name));
    setOptions(get("only"), [["", `every ${state.by}`], ...names.map((name) => [name, name])], state.only[state.by] ?? "");
    const only = Object.entries(state.only);
    get("filters").replaceChildren(...only.map(([field, name]) => {
      const button = make("button", { type: "button", textContent: `${field}: ${name} \u2715` });
      button.setAttribute("aria-label", `Remove the filter ${field}: ${name}`);
      button.addEventListener("click", () => { filter(field, ""); get("only").focus(); });
      return make("li", {}, button);
    }));
    get("filters").hidden = !only.length;
    get("filtered").textContent = only.length
      ? `Only ${only.map((pair) => pair.join(" ")).join(" and ")}: ${tokens(dataset("usage_days"))} tokens. The headline, and what says \u201cnot filtered\u201d, is about everything.` : "";
  };

  // The specification of a chart with its data, its parameters and the colors of the page.
  const specification = (chart, values) => {
    const spec = structuredClone(chart.spec), config = structuredClone(book.config);
    if (Array.isArray(spec.data)) spec.data[0].values = values; else spec.data = { name: chart.data, values };
    const names = book.usage.names[state.by], used = new Set(values.map((row) => row[state.by]));
    const parameters = { by: state.by, names, shown: names.filter((name) => used.has(name)), days: book.days };
    for (const each of spec.params || spec.signals || []) {
      if (each.name in parameters) each.value = parameters[each.name];
      if (each.name !== "names") continue;
      const { range } = config;
      for (const [key, other] of [["category", range.other], ["category_text", range.other_text]]) {
        const colors = range[key];
        range[key] = names.map((name, n) => name === "other" ? other[0] : colors[n % colors.length]);
      }
    }
    delete spec.usermeta;
    return [spec, config];
  };
  // Vega-Lite warns about each chart that is as wide as the page and as high as its rows.
  const { warn } = console;
  console.warn = (...texts) => { if (!texts.join(" ").includes('Dropping "fit-y"')) warn.apply(console, texts); };
  const embed = async (chart, values, element, title) => {
    const [spec, config] = specification(chart, values);
    const result = await window.burnbookCharts.embed(element, spec, {
      actions: false, ast: true, renderer: "svg", defaultStyle: false, config, tooltip: { disableDefaultStyle: true },
      logLevel: 1, // errors: a layer without data is none
    });
    const svg = element.querySelector("svg");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", `${title}. ${chart.summary}`);
    for (const each of svg.children) each.setAttribute("aria-hidden", "true");
    if ((chart.spec.signals || []).some((each) => each.name === "picked")) {
      result.view.addSignalListener("picked", (_, name) => {
        if (name !== null) filter(state.by, state.only[state.by] === name ? "" : name);
      });
    }
    return result;
  };

  // Where the marks of a chart come from: the data after its transforms.
  const drawn = (marks) => {
    for (const mark of marks || []) {
      const from = (mark.from && (mark.from.data || (mark.from.facet && mark.from.facet.data))) || drawn(mark.marks);
      if (from) return from;
    }
    return null;
  };
  const showTable = ({ chart, results, scroll }) => {
    const list = results.flatMap(({ view, vgSpec }) => view.data(chart.table || drawn(vgSpec.marks) || chart.data));
    const steps = results.flatMap(({ vgSpec }) => vgSpec.data.flatMap(({ transform }) => transform || []));
    const times = new Set(steps.filter(({ expr }) => /^toDate\(datum\["\w+"\]\)$/.test(expr)).map((step) => step.as));
    scroll.replaceChildren(table(Object.entries(chart.columns), list, times, state.by, chart.title));
  };
  const draw = async (panel) => {
    const { chart } = panel, values = dataset(chart.data) || [];
    for (const result of panel.results) result.finalize();
    panel.results = [];
    panel.details.hidden = !values.length;
    panel.note.hidden = chart.data in KINDS || !Object.keys(state.only).length;
    if (!values.length) {
      panel.picture.replaceChildren(make("p", { className: "note", textContent: chart.empty }));
      return;
    }
    const names = chart.each ? [...new Set(values.map((row) => row[chart.each]))] : [null];
    const parts = names.map(() => make("div", { className: "part" }));
    panel.picture.replaceChildren(...names.flatMap((name, n) => name === null ? [parts[n]] : [make("h3", { textContent: name }), parts[n]]));
    for (const [n, name] of names.entries()) {
      const own = name === null ? values : values.filter((row) => row[chart.each] === name);
      panel.results.push(await embed(chart, own, parts[n], name === null ? chart.title : `${chart.title}: ${name}`));
    }
    if (panel.details.open) showTable(panel);
  };
  // A mistake in the file of a chart: the others are drawn.
  const fail = (panel, error) => {
    console.error(error);
    panel.details.hidden = true;
    panel.picture.replaceChildren(make("p", { className: "note", textContent: `This chart cannot be drawn: ${error.message}` }));
  };
  const build = (chart) => {
    const panel = { chart, results: [], picture: make("div", { className: "chart" }), scroll: make("div", { className: "scroll", tabIndex: 0 }) };
    panel.scroll.setAttribute("role", "region");
    panel.scroll.setAttribute("aria-label", `Table: ${chart.title}`);
    const summary = make("summary", { textContent: "Table" }, make("span", { className: "hidden", textContent: `: ${chart.title}` }));
    panel.details = make("details", {}, summary, panel.scroll);
    panel.details.addEventListener("toggle", () => { if (panel.details.open) showTable(panel); });
    panel.note = make("p", { className: "note", textContent: "not filtered", hidden: true });
    const caption = make("figcaption", {}, make("h2", { textContent: chart.title }), make("p", { className: "summary", textContent: chart.summary }), panel.note);
    panel.figure = make("figure", { className: chart.is_wide ? "wide" : "" }, caption, panel.picture, panel.details);
    panel.figure.dataset.chart = chart.name;
    return panel;
  };
  let panels = [];
  const buildAll = () => {
    for (const result of panels.flatMap((panel) => panel.results)) result.finalize();
    panels = book.charts.map(build);
    get("charts").replaceChildren(...panels.map((panel) => panel.figure));
  };

  // Shows everything, one run at a time: what changes meanwhile is shown by the next run.
  let isShowing = false, isOld = false;
  const show = async () => {
    isOld = true;
    if (isShowing) return;
    isShowing = true;
    delete document.body.dataset.ready;
    while (isOld) {
      isOld = false;
      showControls();
      showCards();
      get("left-out").textContent = book.left_out.length ? `Charts without data are left out. ${book.left_out.join(". ")}.` : "";
      for (const panel of panels) if (!isOld) await draw(panel).catch((error) => fail(panel, error));
    }
    isShowing = false;
    document.body.dataset.ready = "";
  };
  const filter = (field, name) => {
    if (name === "") delete state.only[field]; else state.only[field] = name;
    show();
  };

  get("by").addEventListener("change", (event) => { state.by = event.target.value; show(); });
  get("only").addEventListener("change", (event) => filter(state.by, event.target.value));
  get("controls").addEventListener("submit", (event) => event.preventDefault());

  // The theme is that of the system until the button is used. Colors are CSS variables.
  const system = matchMedia("(prefers-color-scheme: dark)"), root = document.documentElement;
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
  const showTheme = () => { get("theme").textContent = isDark() ? "Light theme" : "Dark theme"; };
  get("theme").addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; showTheme(); });
  system.addEventListener("change", showTheme);

  // A live page: the server has an event for each change of the book.
  const follow = () => {
    let isLoading = false, isChanged = false;
    const renew = async () => {
      isChanged = true;
      if (isLoading) return;
      isLoading = true;
      try {
        while (isChanged) {
          isChanged = false;
          const response = await fetch("data.json");
          if (!response.ok) throw new Error(`status ${response.status}`);
          const names = () => book.charts.map((chart) => chart.name).join();
          const earlier = names();
          book = await response.json();
          load();
          if (names() !== earlier) buildAll();
          get("headline").textContent = book.headline;
          get("period").textContent = book.before ? `${book.period}, compared with ${book.before}` : book.period;
          get("at").textContent = book.at;
          get("followed").textContent = book.followed;
          get("state").textContent = "Live.";
          await show();
        }
      } catch {
        get("state").textContent = "Not renewed: these figures may be old.";
      } finally {
        isLoading = false;
      }
    };
    const events = new EventSource("events");
    events.onopen = renew; // also after a lost connection
    events.onerror = () => { get("state").textContent = "Not connected: these figures may be old."; };
    events.onmessage = renew;
  };
  load();
  buildAll();
  showTheme();
  show();
  if ("live" in document.body.dataset) follow();
})();
