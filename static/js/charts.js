/* Draws each figure of components/chart.html from its own JSON, in the colours of the page, and folds its table. The
   library is fetched only when a page has a chart; without it the tables stand as they are. */

const SERIES = ["--level-4", "--tea", "--amber", "--cold", "--level-2", "--muted", "--level-5"];
const ROW_PX = 34;
const FRAME_PX = 36;
const STANDING_PX = 280;
const NARROW_PX = 480;
const NAMES_SHARE = 0.42; // of a phone's width, for the names beside lying bars

const library = (address) =>
  new Promise((resolve, reject) => {
    if (window.echarts) {
      resolve(window.echarts);
      return;
    }
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.echarts);
    script.onerror = reject;
    document.head.append(script);
  });

const tone = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const words = () => ({ color: tone("--ink"), fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 14 });

/* amounts come in fen, rates in basis points: the axis shows 万元, 元 or per cent; labels come ready made */
const SCALE = { wan: 1e6, fen: 100, bp: 100, weight: 1000, celsius: 1000 };

const options = ({ kind, unit, columns, rows }, width) => {
  const lying = kind === "bar" || kind === "share";
  const muted = tone("--muted");
  const scale = SCALE[columns[0].of] ?? 1;
  const share = (row, index) => {
    const sum = row.values.reduce((total, value) => total + (value ?? 0), 0);
    return sum ? (100 * (row.values[index] ?? 0)) / sum : 0;
  };
  const number = new Intl.NumberFormat(document.documentElement.lang, { notation: "compact", maximumFractionDigits: 1 });
  const names = {
    type: "category",
    data: rows.map((row) => row.label),
    inverse: lying,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: tone("--line-strong") } },
    axisLabel: { ...words(), interval: lying ? 0 : "auto", ...(lying && width < NARROW_PX && { width: width * NAMES_SHARE, overflow: "break", lineHeight: 17 }) },
  };
  const amounts = {
    type: "value",
    min: kind === "line" ? undefined : 0,
    max: kind === "share" ? 100 : undefined,
    name: lying ? undefined : unit,
    nameTextStyle: { ...words(), color: muted, align: "right" },
    nameGap: 12,
    axisLabel: { ...words(), color: muted, formatter: (value) => (kind === "share" ? `${value}%` : number.format(value)) },
    splitLine: { lineStyle: { color: tone("--line") } },
    splitNumber: width < NARROW_PX ? 2 : 4,
  };
  const several = columns.length > 1;
  const legend = several && kind !== "line";
  const series = columns.map((column, index) => ({
    name: column.label,
    type: kind === "line" ? "line" : "bar",
    stack: kind === "stack" || kind === "share" ? "all" : undefined,
    data: rows.map((row) => (kind === "share" ? share(row, index) : (row.values[index] ?? 0) / scale)),
    itemStyle: { color: tone(SERIES[index]), borderRadius: 2 },
    lineStyle: { color: tone(SERIES[index]), width: 2.5 },
    symbolSize: 7,
    barMaxWidth: several && lying && kind === "bar" ? 10 : 26,
    label: {
      ...words(),
      show: lying && !several,
      position: "right",
      formatter: ({ dataIndex }) => rows[dataIndex].texts[index],
    },
    endLabel: { ...words(), show: kind === "line" && several, formatter: column.label },
  }));
  return {
    animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 200,
    textStyle: words(),
    legend: { show: legend, top: 0, left: 0, textStyle: words(), itemWidth: 14, itemHeight: 14 },
    grid: { top: legend ? (lying ? 36 : 64) : lying ? 8 : 32, left: 4, right: lying && !several ? 96 : several && kind === "line" ? 72 : 16, bottom: 4, containLabel: true },
    tooltip: {
      renderMode: "richText", // an HTML tooltip would need inline styles, which the page's policy forbids
      trigger: "axis",
      axisPointer: { type: "shadow" },
      confine: true,
      backgroundColor: tone("--surface"),
      borderColor: tone("--line-strong"),
      textStyle: words(),
      formatter: (points) =>
        [rows[points[0].dataIndex].label, ...points.map((point) => `${point.seriesName}  ${rows[point.dataIndex].texts[point.seriesIndex]}`)].join("\n"),
    },
    xAxis: lying ? amounts : names,
    yAxis: lying ? names : amounts,
    series,
  };
};

const draw = (echarts, figure) => {
  const chart = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
  if (!chart.rows.length) return;
  const box = figure.querySelector(".chart__picture");
  const lying = chart.kind === "bar" || chart.kind === "share";
  const several = chart.columns.length > 1;
  const bars = several && chart.kind === "bar" ? chart.columns.length * 14 + 14 : ROW_PX;
  const height = lying ? chart.rows.length * bars + FRAME_PX + (several ? 40 : 0) : STANDING_PX;
  box.hidden = false;
  const picture = echarts.init(box, null, { renderer: "canvas", height });
  picture.setOption(options(chart, box.clientWidth));
  picture.on("click", ({ dataIndex }) => {
    const { href } = chart.rows[dataIndex] ?? {};
    if (href) location.assign(href);
  });
  box.setAttribute("aria-hidden", "true"); // the table says the same to a screen reader
  const table = figure.querySelector("details[data-fold]");
  if (table) table.open = false;
  new ResizeObserver(() => {
    picture.resize({ height });
    picture.setOption(options(chart, box.clientWidth));
  }).observe(box);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => picture.setOption(options(chart, box.clientWidth), true));
};

const drawAll = async (root) => {
  const figures = [...root.querySelectorAll("figure[data-chart]:not([data-drawn])")];
  const source = document.querySelector("script[data-echarts]")?.dataset.echarts;
  if (!figures.length || !source) return;
  const echarts = await library(source).catch(() => null);
  if (!echarts) return;
  for (const figure of figures) {
    figure.dataset.drawn = "";
    draw(echarts, figure);
  }
};

drawAll(document);
document.addEventListener("htmx:after:process", (event) => drawAll(event.target.parentElement ?? document));
