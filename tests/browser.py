"""A page in headless Chromium, driven over its debugging protocol: no library beyond Tornado."""

import asyncio
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from tornado.websocket import websocket_connect

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Page:
    """One open page: what it requests, what it complains of, and the value of any expression in it."""

    def __init__(self, connection):
        self.connection, self.events, self.number = connection, [], 0

    async def call(self, method, **parameters):
        self.number += 1
        await self.connection.write_message(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = json.loads(await asyncio.wait_for(self.connection.read_message(), 60))
            if message.get("id") == self.number:
                assert "error" not in message, message
                return message["result"]
            self.events.append(message)

    async def value(self, expression):
        found = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    async def show(self, url, width=1000):
        for domain in ("Page", "Runtime", "Log", "Network"):
            await self.call(f"{domain}.enable")
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 500
        )
        await self.call("Page.navigate", url=url)
        while await self.value("document.readyState") != "complete":
            await asyncio.sleep(0.05)

    @property
    def requests(self):
        return [e["params"]["request"]["url"] for e in self.events if e["method"] == "Network.requestWillBeSent"]

    @property
    def complaints(self):
        kinds = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
        return [event for event in self.events if event["method"] in kinds]


def in_browser(look):
    """Run ``await look(page)`` on a fresh page."""
    folder = tempfile.mkdtemp()
    process = subprocess.Popen(
        [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
         "--remote-debugging-port=0", f"--user-data-dir={folder}", "about:blank"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        asyncio.run(_with_page(Path(folder), look))
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


async def _with_page(folder, look):
    from urllib.request import urlopen

    deadline, told = time.monotonic() + 60, folder / "DevToolsActivePort"
    while not told.exists() or "\n" not in told.read_text():
        assert time.monotonic() < deadline, "Chromium does not start"
        await asyncio.sleep(0.1)
    port = told.read_text().splitlines()[0]
    targets = []
    while not targets:
        with urlopen(f"http://127.0.0.1:{port}/json/list", timeout=30) as answer:
            targets = [target for target in json.load(answer) if target["type"] == "page"]
        await asyncio.sleep(0.1)
    connection = await websocket_connect(targets[0]["webSocketDebuggerUrl"], max_message_size=10**8)
    try:
        await look(Page(connection))
    finally:
        connection.close()
        while await connection.read_message() is not None:  # until the other side has let go of it, too
            pass
