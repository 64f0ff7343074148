// Draws the charts in the colours of the page, names their traces, and sorts the tables.
"use strict";

(() => {
    const night = window.matchMedia("(prefers-color-scheme: dark)");
    const darkOf = JSON.parse(document.getElementById("dark").textContent);
    const settings = { displayModeBar: false, responsive: true, showTips: false };
    const dashes = { dot: "2 3", dash: "6 4", solid: "none" };
    const symbols = { circle: "●", diamond: "◆", square: "■", "triangle-up": "▲", x: "✕" };

    const coloured = (value) => {
        if (typeof value === "string") return night.matches && value in darkOf ? darkOf[value] : value;
        if (Array.isArray(value)) return value.map(coloured);
        if (value === null || typeof value !== "object") return value;
        return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, coloured(one)]));
    };

    // A heat map's colours are one hue, more or less opaque: it is the last of its scale that has a twin in the dark.
    const scaled = (trace) => {
        if (!trace.colorscale || !night.matches) return;
        trace.colorscale = trace.colorscale.map(([level, colour]) => {
            const opacity = colour.slice(colour.lastIndexOf(",") + 1, -1);
            return [level, `rgba(87,169,230,${opacity})`];
        });
    };

    const styled = (layout) => {
        const of = getComputedStyle(document.documentElement);
        const [ink, quiet, rule, raised] = ["--ink", "--quiet", "--rule", "--raised"].map((name) => of.getPropertyValue(name).trim());
        layout.font = { family: "system-ui, sans-serif", size: 12, color: ink };
        layout.hoverlabel = { bgcolor: raised, bordercolor: rule, font: { color: ink } };
        for (const name of Object.keys(layout).filter((key) => /^[xy]axis/.test(key))) {
            Object.assign(layout[name], { gridcolor: rule, linecolor: rule, tickcolor: rule, zerolinecolor: quiet, fixedrange: true });
        }
        return layout;
    };

    const swatch = (trace) => {
        const marks = (trace.mode || "").includes("markers");
        const colour = (trace.line && trace.line.color) || (trace.marker && trace.marker.color) || "currentColor";
        const box = document.createElementNS("http://www.w3.org/2000/svg", "svg");
        const filled = trace.type === "bar" || (marks ? false : Boolean(trace.fill) && trace.fill !== "none");
        box.setAttribute("width", marks || filled ? 12 : 24);
        box.setAttribute("height", 12);
        const shape = document.createElementNS(box.namespaceURI, marks ? "text" : filled ? "rect" : "line");
        const looks = marks
            ? { x: 1, y: 10, "font-size": 11, fill: colour }
            : filled
              ? { width: 12, height: 12, fill: colour, "fill-opacity": (trace.marker && trace.marker.opacity) || 1 }
              : { x1: 0, x2: 24, y1: 6, y2: 6, stroke: colour, "stroke-width": 2 };
        if (!marks && !filled) looks["stroke-dasharray"] = dashes[trace.line && trace.line.dash] || "none";
        for (const [key, value] of Object.entries(looks)) shape.setAttribute(key, value);
        if (marks) shape.textContent = symbols[trace.marker.symbol] || "●";
        box.append(shape);
        return box;
    };

    const name = (list, traces) => {
        list.replaceChildren(
            ...traces
                .filter((trace) => trace.name && trace.showlegend !== false)
                .map((trace) => {
                    const item = document.createElement("li");
                    item.append(swatch(trace), trace.name);
                    return item;
                }),
        );
    };

    const draw = (source) => {
        const figure = coloured(JSON.parse(source.textContent));
        figure.data.forEach(scaled);
        const place = document.getElementById(source.dataset.for);
        name(place.parentElement.querySelector(".legend"), figure.data);
        return Plotly.react(place, figure.data, styled(figure.layout), settings);
    };

    const drawAll = async () => {
        document.documentElement.removeAttribute("data-drawn");
        for (const source of document.querySelectorAll("script.figure")) {
            await draw(source);
            await new Promise((done) => setTimeout(done));
        }
        document.documentElement.dataset.drawn = "all";
    };

    const compared = (one, other) => {
        const [left, right] = [one.dataset.value, other.dataset.value];
        if (left === undefined || right === undefined) return (left === undefined) - (right === undefined);
        const gap = Number(left) - Number(right);
        return Number.isNaN(gap) ? left.localeCompare(right) : gap;
    };

    // Cells without a value stay at the end in both directions.
    const sort = (header) => {
        const down = header.getAttribute("aria-sort") === "ascending";
        const body = header.closest("table").tBodies[0];
        const column = header.cellIndex;
        for (const one of header.parentElement.cells) one.setAttribute("aria-sort", "none");
        header.setAttribute("aria-sort", down ? "descending" : "ascending");
        const known = (row) => row.cells[column].dataset.value !== undefined;
        const rows = [...body.rows].sort((one, other) => {
            const order = compared(one.cells[column], other.cells[column]);
            return down && known(one) && known(other) ? -order : order;
        });
        body.append(...rows);
    };

    document.addEventListener("click", (event) => {
        const header = event.target.closest("thead th");
        if (header && event.target.closest("button")) sort(header);
    });
    night.addEventListener("change", drawAll);
    drawAll();
})();
