// Draws each chart from the inert JSON beside it; expressions are interpreted (ast), so no eval is needed.
// Parts a text into lines of so many letters.
const lines = (text, letters) => text.split(" ").reduce((made, word) => {
  const longer = made.length ? `${made[made.length - 1]} ${word}` : word;
  return made.length && longer.length > letters ? [...made, word] : [...made.slice(0, -1), longer];
}, []);
const charts = document.querySelectorAll("figure.chart");
for (const figure of charts) {
  const specification = JSON.parse(figure.querySelector("script").textContent);
  delete specification.$schema; // names the version that JupyterLab knows by its type; the bundle's own draws it
  const drawing = figure.querySelector(".drawing");
  for (const [part, letter] of [["text", 9.5], ["subtitle", 6.6]]) { // px of a letter of the theme's two sizes
    const title = specification.title?.[part];
    if (title) specification.title[part] = lines([].concat(title).join(" "), drawing.clientWidth / letter);
  }
  window.vegaEmbed(drawing, specification, {mode: "vega-lite", actions: false, ast: true, renderer: "svg", tooltip: {theme: "custom"}})
    .then(() => { figure.dataset.drawn = "yes"; })
    .catch((error) => {
      figure.dataset.drawn = "no";
      drawing.textContent = drawing.getAttribute("aria-label");
      console.error(error);
    });
}
