/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the page up to date. What clients sent only ever becomes text. */
"use strict";

const byId = (id) => document.getElementById(id);
const kilobytes = (bytes) => Math.floor(bytes / 1024);
let isPaused = false;
let latest = null;

function setText(element, text) {
    if (element.textContent !== text)
        element.textContent = text;
}

function percentOf(download) {
    if (!download.asked)
        return 0;
    return Math.min(100, Math.floor(100 * download.sent / download.asked));
}

/* Columns of the two tables, as status.html has them. */
const downloadCells = {
    Client: (d) => d.client,
    Kind: (d) => d.family,
    File: (d) => d.file,
    Request: (d) => d.target,
    Progress: (d) => percentOf(d) + " %",
    Sent: (d) => kilobytes(d.sent) + " of " + kilobytes(d.asked) + " KB",
    Rate: (d) => kilobytes(d.rate) + " KB/s",
};
const failureCells = {
    Time: (f) => f.time,
    Client: (f) => f.client,
    Kind: (f) => f.family,
    Request: (f) => f.target,
    Status: (f) => String(f.status).padStart(3, "0"),
    End: (f) => f.status >= 400 ? "refused" : f.end,
    Why: (f) => f.reason,
};

function makeRow(cells) {
    const row = document.createElement("tr");
    row.setAttribute("role", "row");
    for (const label of Object.keys(cells)) {
        const cell = row.insertCell();
        cell.setAttribute("role", "cell");
        cell.dataset.label = label;
        if (label === "Progress") {
            const bar = document.createElement("progress");
            bar.max = 100;
            cell.append(bar, " ", document.createElement("span"));
        }
    }
    return row;
}

function fillRow(row, cells, item) {
    for (const cell of row.cells) {
        const text = cells[cell.dataset.label](item);
        setText(cell.querySelector("span") || cell, text);
        const bar = cell.querySelector("progress");
        if (bar) {
            bar.value = percentOf(item);
            bar.setAttribute("aria-label", "Download of " + item.client);
        }
    }
}

/* Rows are used again, so that nothing flickers and no place is lost. */
function fillTable(body, cells, items) {
    while (body.rows.length > items.length)
        body.deleteRow(-1);
    while (body.rows.length < items.length)
        body.append(makeRow(cells));
    items.forEach((item, i) => fillRow(body.rows[i], cells, item));
}

function show(view) {
    let summary = view.running + " running, " + view.completed +
        " completed, " + view.failed + " failed";
    if (view.running > view.shown)
        summary += "; the first " + view.shown + " are shown";
    setText(byId("summary"), summary);
    setText(byId("time"), view.time);
    fillTable(byId("running"), downloadCells, view.downloads);
    fillTable(byId("failed"), failureCells, view.failures);
}

function togglePause() {
    isPaused = !isPaused;
    byId("pause").setAttribute("aria-pressed", String(isPaused));
    if (!isPaused && latest)
        show(latest);
}

function begin() {
    const events = new EventSource("status/events");
    const state = byId("state");
    events.onopen = () => setText(state, "Live.");
    events.onerror = () => setText(state, events.readyState === 2
        ? "The server ended the connection; load the page again."
        : "The connection is lost; trying again.");
    events.onmessage = (event) => {
        latest = JSON.parse(event.data);
        if (!isPaused)
            show(latest);
    };
    byId("pause").addEventListener("click", togglePause);
    byId("pause").hidden = false;
}

begin();
