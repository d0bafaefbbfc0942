// Diagrams take the page's colours, so that they follow light and dark; see colours.css.
export const renderer = {
  defaultFillColor: 'var(--diagram-fill)',
  defaultStrokeColor: 'var(--diagram-stroke)',
  defaultLabelColor: 'var(--diagram-label)',
};
