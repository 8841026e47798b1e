// Draws each chart from the inert JSON beside it; expressions are interpreted (ast), so no eval is needed.
const charts = document.querySelectorAll("figure.chart");
for (const figure of charts) {
  const specification = JSON.parse(figure.querySelector("script").textContent);
  delete specification.$schema; // names the version that JupyterLab knows by its type; the bundle's own draws it
  const drawing = figure.querySelector(".drawing");
  window.vegaEmbed(drawing, specification, {mode: "vega-lite", actions: false, ast: true, renderer: "svg", tooltip: {theme: "custom"}})
    .then(() => { figure.dataset.drawn = "yes"; })
    .catch((error) => {
      figure.dataset.drawn = "no";
      drawing.textContent = drawing.getAttribute("aria-label");
      console.error(error);
    });
}
