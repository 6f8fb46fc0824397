"""What we write as BPMN opens in bpmn-js, the viewer of others, without a warning."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from engine.pictures.bpmn import bpmn_of
from tests.installation.content import shipped

VIEWER = Path(__file__).parents[1] / "bpmn_js" / "bpmn-navigated-viewer.production.min.js"
OPEN = """
async document => {
  const viewer = new BpmnJS({container: '#canvas'});
  const {warnings} = await viewer.importXML(document);
  const shown = viewer.get('elementRegistry').filter(element => !element.labelTarget).length;
  viewer.destroy();
  return [warnings.map(warning => warning.message), shown];
}
"""


def test_every_shipped_procedure_opens_without_a_warning(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content('<div id="canvas" style="width: 900px; height: 600px"></div>')
    page.add_script_tag(path=VIEWER)
    for release in shipped().releases:
        document = bpmn_of(release, "vi")
        warnings, shown = page.evaluate(OPEN, document)
        assert warnings == []
        assert shown >= document.count("<bpmndi:BPMNShape") + document.count("<bpmndi:BPMNEdge")
    page.close()
