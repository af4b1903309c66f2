"""How a picture looks: colours after Okabe and Ito, in rules that reach no other picture of the page they stand in."""

import re

SCOPE, ARROW_ID = "gradlab-graph", "gradlab-arrow"
LINE = "#7f8a99"
_RULES = f"""
text{{font:12px ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;fill:#17202c}}
.quiet,.note{{font-size:10px;fill:#56616f}}.name{{font-weight:700;font-size:13px}}
.value{{fill:#0b4f8a}}.gradient{{fill:#a8430a}}.tag{{font-size:10px;fill:#56616f;text-anchor:end}}
.box{{stroke-width:1.5}}.leaf .box{{fill:#e2f4eb;stroke:#00845f}}.constant .box{{fill:#eef0f3;stroke:{LINE}}}
.operation .box,.composite .box,.module .box{{fill:#edf4fc;stroke:#2c6fb0}}.root .box{{fill:#d6e7fa;stroke-width:3}}
.accumulation .box,.foot{{fill:#fdf0e0;stroke:#d2691e}}.foot{{stroke-width:1.5}}
.untracked .box{{fill:#f4f5f7;stroke:{LINE};stroke-dasharray:5 3}}
.label .box{{fill:#fffaf2;stroke:#e0bd94;stroke-width:1}}.holder .box{{fill:#edf4fc;stroke:#2c6fb0;stroke-width:3}}
.legend .ground{{fill:#fff;stroke:{LINE};stroke-width:1}}
.edge{{fill:none;stroke:{LINE};stroke-width:1.6}}.edge.untracked{{stroke-dasharray:4 4}}
.inner{{fill:none;stroke:#2c6fb0;stroke-width:1}}
.frame{{fill:{LINE};fill-opacity:.1;stroke:{LINE};stroke-dasharray:2 3}}
.frame-name{{font-size:10px;fill:{LINE}}}
"""
STYLE = "\n".join(
    f"{','.join(f'.{SCOPE} {selector.strip()}' for selector in selectors.split(','))}{{{body}}}"
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", _RULES)
)
ARROW = (
    f'<marker id="{ARROW_ID}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    f'<path d="M0 0L8 4L0 8z" fill="{LINE}"/></marker>'
)
