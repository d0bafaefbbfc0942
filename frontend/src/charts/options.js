// From {kind, labels, series, unit} to what ECharts wants. Kinds: lines over time, columns over time, rows by category.
const STILL = matchMedia('(prefers-reduced-motion: reduce)');

export function optionsOf(data, token) {
  const colours = { accent: token.accent, warn: token.warn, bad: token['bad-solid'], info: token.info, good: token.good, quiet: token['line-strong'] };
  const many = data.series.length > 1;
  return {
    animation: !STILL.matches,
    animationDuration: 350,
    textStyle: { fontFamily: token.font, color: token.ink },
    grid: { left: 4, right: data.kind === 'rows' ? 56 : 12, top: many ? 36 : 12, bottom: 2, containLabel: true },
    legend: many ? { left: 0, top: 0, icon: 'roundRect', itemWidth: 14, itemHeight: 8, textStyle: { color: token['ink-soft'] } } : { show: false },
    tooltip: {
      renderMode: 'richText', trigger: data.kind === 'rows' ? 'item' : 'axis', confine: true, backgroundColor: token.surface,
      borderColor: token.line, textStyle: { color: token.ink, fontSize: 13 },
      axisPointer: { type: data.kind === 'lines' ? 'line' : 'shadow', lineStyle: { color: token['line-strong'] }, shadowStyle: { color: token.sunken, opacity: .6 } },
      valueFormatter: (value) => (value === null || value === undefined ? '–' : `${value}${data.unit ?? ''}`),
    },
    ...axes(data, token),
    series: data.series.map((series) => seriesOf(series, data, colours, token)),
  };
}

function axes(data, token) {
  const names = {
    type: 'category', data: data.labels, axisTick: { show: false }, axisLine: { show: data.kind !== 'rows', lineStyle: { color: token.line } },
    axisLabel: { color: token['ink-soft'], hideOverlap: true, ...(data.kind === 'rows' ? { width: 150, overflow: 'truncate', color: token.ink } : {}) },
  };
  const values = {
    type: 'value', minInterval: data.whole === false ? undefined : 1, splitNumber: 4, max: data.most,
    axisLabel: { color: token['ink-soft'], show: data.kind !== 'rows' }, splitLine: { show: data.kind !== 'rows', lineStyle: { color: token.line } },
  };
  if (data.kind === 'rows') return { xAxis: values, yAxis: { ...names, inverse: true } };
  return { xAxis: { ...names, boundaryGap: data.kind !== 'lines' }, yAxis: values };
}

function seriesOf(series, data, colours, token) {
  const colour = colours[series.colour ?? 'accent'];
  const values = series.values.map((value, place) => (series.colours ? { value, itemStyle: { color: colours[series.colours[place]] } } : value));
  if (data.kind === 'lines') {
    return {
      name: series.name, type: 'line', data: values, color: colour, symbol: series.dashed ? 'rect' : 'circle', symbolSize: 5, showSymbol: data.labels.length < 40,
      lineStyle: { width: 2, type: series.dashed ? 'dashed' : 'solid' }, areaStyle: series.dashed ? undefined : { opacity: .1 },
    };
  }
  const rows = data.kind === 'rows';
  return {
    name: series.name, type: 'bar', data: values, color: colour, stack: data.stacked ? 'all' : undefined, barMaxWidth: rows ? 18 : 30,
    itemStyle: { borderRadius: data.stacked ? 0 : rows ? [0, 4, 4, 0] : [4, 4, 0, 0], decal: series.colour === 'bad' ? stripes(token) : undefined }, cursor: data.links ? 'pointer' : 'default',
    label: { show: rows, position: data.stacked ? 'inside' : 'right', color: data.stacked ? token.surface : token.ink, fontWeight: data.stacked ? 600 : 400, backgroundColor: data.stacked ? colour : undefined, padding: data.stacked ? [1, 4] : 0, borderRadius: 3, formatter: ({ value }) => (data.stacked && !value ? '' : `${value}${data.unit ?? ''}`) },
  };
}

// Missed limits are striped, so that they are told from kept ones without colours.
function stripes(token) {
  return { symbol: 'rect', symbolSize: 1, dashArrayX: [1, 0], dashArrayY: [2, 6], rotation: Math.PI / 4, color: token.surface };
}
