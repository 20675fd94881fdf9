"use strict";
// Choosing a saddle marks it and the two minima that it joins, and draws the energy along the path between them.
(() => {
  const { minima, saddles } = JSON.parse(document.getElementById("landscape").textContent);
  const marks = [...document.querySelectorAll("#saddles .saddle")].sort((a, b) => a.dataset.saddle - b.dataset.saddle);
  const SVG = "http://www.w3.org/2000/svg";
  const number = (value, digits) => value.toFixed(digits).replace("-", "−");

  function add(parent, name, attributes, text) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    parent.append(element);
  }

  function ticks(low, high, about) {
    const rough = (high - low) / about, power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9));
    const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9)), found = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) {
      found.push([k * step, number(k * step + 0, digits)]);
    }
    return found;
  }

  function drawProfile(saddle) {
    const svg = document.getElementById("profile"), { position, path, joins } = saddle;
    svg.replaceChildren();
    const [left, right, top, bottom] = [62, 424, 16, 252];
    const free = 0.12 * (Math.max(...path) - Math.min(...path)) || 0.1;
    const low = Math.min(...path) - free, high = Math.max(...path) + free;
    const first = position[0], last = position.at(-1), margin = 0.04 * (last - first);
    const across = (s) => left + ((s - first + margin) / (last - first + 2 * margin)) * (right - left);
    const up = (u) => bottom - ((u - low) / (high - low)) * (bottom - top);
    for (const [value, text] of ticks(low, high, 5)) {
      add(svg, "path", { class: "grid", d: `M${left} ${up(value)}H${right}` });
      add(svg, "text", { class: "tick", x: left - 6, y: up(value) + 4, "text-anchor": "end" }, text);
    }
    for (const [value, text] of ticks(first - margin, last + margin, 6)) {
      add(svg, "path", { class: "grid", d: `M${across(value)} ${top}V${bottom}` });
      add(svg, "text", { class: "tick", x: across(value), y: bottom + 16, "text-anchor": "middle" }, text);
    }
    add(svg, "text", { class: "axis", x: (left + right) / 2, y: 292, "text-anchor": "middle" }, "angle from the saddle (radians)");
    add(svg, "text", { class: "axis", transform: `translate(14 ${(top + bottom) / 2}) rotate(-90)`, "text-anchor": "middle" },
      "energy per spin");
    const points = position.map((s, k) => `${across(s).toFixed(1)} ${up(path[k]).toFixed(1)}`);
    add(svg, "path", { class: "curve", d: "M" + points.join("L") });
    const middle = position.indexOf(0);
    const [x, y] = [across(0), up(path[middle])];
    add(svg, "path", { class: "top", d: `M${x} ${y - 7}l7 7l-7 7l-7-7z` });
    for (const [end, k, anchor] of [[joins[0], 0, "start"], [joins[1], position.length - 1, "end"]]) {
      const shift = anchor === "start" ? -4 : 4;
      add(svg, "circle", { class: "end", cx: across(position[k]), cy: up(path[k]), r: 5 });
      add(svg, "text", { x: across(position[k]) + shift, y: up(path[k]) + 20, "text-anchor": anchor }, `minimum ${end}`);
    }
    svg.setAttribute("aria-label", `Energy per spin along the path: from ${number(minima[joins[0]], 4)} at minimum ${joins[0]} up to ` +
      `${number(saddle.energy, 4)} at the saddle, down to ${number(minima[joins[1]], 4)} at minimum ${joins[1]}.`);
  }

  function describe(name, saddle) {
    const [deeper, shallower] = saddle.joins;
    const title = document.createElement("p"), text = document.createElement("p"), strong = document.createElement("b");
    strong.textContent = `Saddle ${name}`;
    title.append(strong, `: energy ${number(saddle.energy, 6)} per spin`);
    const heights = saddle.joins.map((end) => number(saddle.energy - minima[end], 4));
    text.textContent = deeper === shallower
      ? `Both sides lead down to minimum ${deeper}, which is ${heights[0]} lower.`
      : `It joins minimum ${deeper}, which is ${heights[0]} lower, and minimum ${shallower}, which is ${heights[1]} lower` +
        (saddle.merges ? "; it is the lowest pass between their valleys." : "; another pass, not higher, also connects their valleys.");
    document.getElementById("chosen").replaceChildren(title, text);
  }

  function choose(mark) {
    const name = mark.dataset.saddle, saddle = saddles[name];
    for (const other of marks) {
      other.setAttribute("aria-checked", other === mark);
      other.setAttribute("tabindex", other === mark ? 0 : -1);
    }
    for (const marked of document.querySelectorAll(".minimum.chosen")) marked.classList.remove("chosen");
    for (const end of saddle.joins) document.getElementById(`minimum-${end}`).classList.add("chosen");
    saddle.routes.forEach((route, k) => document.getElementById(`route-${k}`).setAttribute("d", route));
    // The chosen saddle is drawn once more on top, because others may cover it.
    document.getElementById("ring").setAttribute("d", mark.getAttribute("d"));
    describe(name, saddle);
    drawProfile(saddle);
  }

  const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };
  marks.forEach((mark, place) => {
    mark.addEventListener("click", () => { mark.focus(); choose(mark); });
    mark.addEventListener("keydown", (event) => {
      let next;
      if (event.key in steps) next = marks[(place + steps[event.key] + marks.length) % marks.length];
      else if (event.key === "Home") next = marks[0];
      else if (event.key === "End") next = marks.at(-1);
      else if (event.key === " " || event.key === "Enter") next = mark;
      else return;
      event.preventDefault();
      next.focus();
      choose(next);
    });
  });
  const start = marks.find((mark) => mark.getAttribute("tabindex") === "0");
  if (start) choose(start);
})();
