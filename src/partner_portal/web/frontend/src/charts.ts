// Draws charts into elements that name their data by id. Loaded on demand by app.ts, when a chart is about to be seen.
import { BarChart, type BarSeriesOption, LineChart, type LineSeriesOption } from "echarts/charts";
import {
  AriaComponent,
  GridComponent,
  type GridComponentOption,
  TooltipComponent,
  type TooltipComponentOption,
} from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

echarts.use([BarChart, LineChart, GridComponent, TooltipComponent, AriaComponent, SVGRenderer]);

type Option = echarts.ComposeOption<BarSeriesOption | LineSeriesOption | GridComponentOption | TooltipComponentOption>;
type Mark = BarSeriesOption | LineSeriesOption;

interface SeriesData {
  key: string;
  name: string;
  kind: "bar" | "line";
  values: (number | null)[];
  links: string[];
}

/** What web/view/charts.py writes; what is not known yet is null. */
interface ChartData {
  kind: "bars" | "rows" | "waterfall";
  labels: string[];
  titles: string[];
  unit: "count" | "money";
  currency: string;
  today: number | null;
  totals: number[];
  series: SeriesData[];
}

interface TooltipItem {
  dataIndex: number;
  seriesId: string;
}

interface Ink {
  text: string;
  muted: string;
  line: string;
  surface: string;
}

const GROUND = "ground";
const LONGEST_LABEL = 22;
const NARROW = 760;

/** The colour that a CSS variable stands for here and now, with light-dark() resolved. */
function colour(element: HTMLElement, variable: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${variable})`;
  element.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

function inkOf(element: HTMLElement): Ink {
  return {
    text: colour(element, "--ink"),
    muted: colour(element, "--ink-muted"),
    line: colour(element, "--line"),
    surface: colour(element, "--surface"),
  };
}

/** A value as people read it; at the axis in short. */
function written(data: ChartData, value: number | null, isShort = false): string {
  if (value === null) return "--";
  const notation = isShort ? "compact" : "standard";
  const style: Intl.NumberFormatOptions =
    data.unit === "money" && data.currency !== ""
      ? { style: "currency", currency: data.currency, maximumFractionDigits: isShort ? 1 : 0, notation }
      : { maximumFractionDigits: isShort ? 1 : 2, notation };
  return value.toLocaleString(document.documentElement.dataset.locale, style);
}

function tooltip(data: ChartData, items: TooltipItem[]): HTMLElement {
  const box = document.createElement("div");
  const index = items[0]?.dataIndex ?? 0;
  const title = box.appendChild(document.createElement("div"));
  title.className = "tooltip-title";
  title.textContent = `${data.titles[index] ?? ""}${index === data.today ? " (so far)" : ""}`;
  for (const series of data.series) {
    const line = box.appendChild(document.createElement("div"));
    line.className = "tooltip-line";
    const key = line.appendChild(document.createElement("span"));
    key.className = `key key-${data.kind === "waterfall" ? stepKey(data, index) : series.key}`;
    line.append(series.name);
    const value = line.appendChild(document.createElement("b"));
    value.textContent = written(data, series.values[index] ?? null);
  }
  return box;
}

/** The colour of a step of a waterfall: sums are neutral, the others by their direction. */
function stepKey(data: ChartData, index: number): string {
  if (data.totals.includes(index)) return "open";
  return (data.series[0]?.values[index] ?? 0) < 0 ? "down" : "up";
}

function marks(element: HTMLElement, data: ChartData, ink: Ink): Mark[] {
  const bars = data.series.filter((series) => series.kind === "bar");
  return data.series.map((series): Mark => {
    const hue = colour(element, `--series-${series.key}`);
    if (series.kind === "line") {
      return {
        type: "line",
        id: series.key,
        name: series.name,
        data: series.values,
        symbol: "none",
        lineStyle: { color: hue, width: 1.5, type: "dashed" },
        itemStyle: { color: hue },
        emphasis: { disabled: true },
      };
    }
    const isTop = series === bars.at(-1);
    const radius = data.kind === "rows" ? [0, 2, 2, 0] : [2, 2, 0, 0];
    return {
      type: "bar",
      id: series.key,
      name: series.name,
      stack: "all",
      barMaxWidth: 28,
      barCategoryGap: "28%",
      cursor: series.links.some(Boolean) ? "pointer" : "default",
      itemStyle: {
        color: hue,
        borderColor: ink.surface,
        borderWidth: data.labels.length > 120 ? 0 : 0.5,
        borderRadius: isTop ? radius : 0,
      },
      emphasis: { disabled: true },
      data: series.values.map((value, index) =>
        index === data.today ? { value, itemStyle: { opacity: 0.45 } } : value,
      ),
    };
  });
}

/** The bars of a waterfall: each stands on an unseen one that reaches to where it begins. */
function steps(element: HTMLElement, data: ChartData): Mark[] {
  const [series] = data.series;
  if (series === undefined) return [];
  const grounds: number[] = [];
  const heights: number[] = [];
  let reached = 0;
  series.values.forEach((value, index) => {
    const from = data.totals.includes(index) ? 0 : reached;
    const to = data.totals.includes(index) ? (value ?? 0) : reached + (value ?? 0);
    grounds.push(Math.min(from, to));
    heights.push(Math.abs(to - from));
    reached = to;
  });
  return [
    { type: "bar", id: GROUND, stack: "all", silent: true, itemStyle: { color: "transparent" }, data: grounds },
    {
      type: "bar",
      id: series.key,
      name: series.name,
      stack: "all",
      barMaxWidth: 56,
      barCategoryGap: "24%",
      cursor: series.links.some(Boolean) ? "pointer" : "default",
      itemStyle: { borderRadius: 2 },
      emphasis: { disabled: true },
      data: heights.map((value, index) => ({
        value,
        itemStyle: { color: colour(element, `--series-${stepKey(data, index)}`) },
      })),
    },
  ];
}

function optionOf(element: HTMLElement, data: ChartData): Option {
  const ink = inkOf(element);
  const isLying = data.kind === "rows";
  const labels = {
    type: "category" as const,
    data: data.labels,
    inverse: isLying,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: ink.line } },
    axisLabel: {
      color: ink.muted,
      fontSize: 12,
      hideOverlap: true,
      formatter: (label: string) =>
        isLying && label.length > LONGEST_LABEL ? `${label.slice(0, LONGEST_LABEL - 1)}…` : label,
    },
  };
  const values = {
    type: "value" as const,
    minInterval: data.unit === "count" ? 1 : 0,
    splitNumber: 4,
    axisLabel: { color: ink.muted, fontSize: 12, hideOverlap: true, formatter: (value: number) => written(data, value, true) },
    splitLine: { lineStyle: { color: ink.line } },
  };
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    aria: { enabled: true, label: { description: element.getAttribute("aria-label") ?? "" } },
    textStyle: { fontFamily: getComputedStyle(element).fontFamily, color: ink.muted },
    grid: { left: 8, right: 16, top: 12, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "shadow", shadowStyle: { color: ink.line, opacity: 0.35 } },
      backgroundColor: ink.surface,
      borderColor: ink.line,
      padding: [8, 12],
      textStyle: { color: ink.text, fontSize: 13 },
      confine: true,
      formatter: (items: unknown) => tooltip(data, items as TooltipItem[]),
    },
    xAxis: isLying ? values : labels,
    yAxis: isLying ? labels : values,
    series: data.kind === "waterfall" ? steps(element, data) : marks(element, data, ink),
  };
}

/** The same with the names of all steps, turned where the chart is too narrow to have them side by side. */
function withAllNames(option: Option): Option {
  const turned = (rotate: number): Option => ({ xAxis: { axisLabel: { interval: 0, hideOverlap: false, rotate } } });
  return { baseOption: option, media: [{ query: { maxWidth: NARROW }, option: turned(45) }, { option: turned(0) }] };
}

function read(element: HTMLElement): ChartData | null {
  const source = document.getElementById(element.dataset["chart"] ?? "");
  return source?.textContent ? (JSON.parse(source.textContent) as ChartData) : null;
}

/** Where a click on a value leads: to its records. */
function follow(element: HTMLElement, place: { seriesId?: string; dataIndex: number }): void {
  const series = read(element)?.series.find((one) => one.key === place.seriesId);
  const href = series?.links[place.dataIndex];
  if (href) location.assign(href);
}

function started(element: HTMLElement): echarts.ECharts {
  const chart = echarts.init(element, null, { renderer: "svg" });
  chart.on("click", (place) => {
    follow(element, place as { seriesId?: string; dataIndex: number });
  });
  new ResizeObserver(() => {
    chart.resize();
  }).observe(element);
  return chart;
}

/** Draws or redraws the chart of `element` with the data that the page holds now. */
export function draw(element: HTMLElement): void {
  const data = read(element);
  if (data === null) return;
  const chart = echarts.getInstanceByDom(element) ?? started(element);
  const option = optionOf(element, data);
  chart.setOption(data.kind === "waterfall" ? withAllNames(option) : option, { notMerge: true });
}
