"""Plans to draw: the shipped catalogue and altered ones, as values."""

from dataclasses import replace

from hypothesis import strategies as st

from approvals.catalogue_schema import CatalogueDocument, LineSpec, PhaseSpec
from approvals.navmap.text import short_name
from approvals.navmap.values import Bundle, Edge, Gate, Named, Plan, Stop
from tests.approvals.cases import document

NOTES = ("部门办理中", "剩 12 天", "轮到：审批部门")


def plan_of(doc: CatalogueDocument, language: str = "zh", notes: tuple[str, ...] = NOTES) -> Plan:
    name = f"name_{language}"
    edges = [
        Edge(before, step.code, is_hard)
        for step in doc.steps
        for is_hard, codes in ((True, step.predecessors), (False, step.soft_predecessors))
        for before in codes
    ]
    return Plan(
        phases=tuple(Named(phase.code, getattr(phase, name)) for phase in doc.phases),
        lines=tuple(Named(line.code, getattr(line, name)) for line in doc.lines),
        stops=tuple(
            Stop(step.code, short_name(getattr(step, name)), step.phase, step.line, step.seq, step.code, notes)
            for step in doc.steps
        ),
        edges=tuple(edges),
        bundles=tuple(Bundle(bundle.code, getattr(bundle, name), bundle.steps) for bundle in doc.bundles),
        gates=tuple(Gate(gate.milestone, gate.zh, gate.requires) for gate in doc.gates),
    )


def without(doc: CatalogueDocument, *codes: str) -> CatalogueDocument:
    """The catalogue without these steps and without what refers to them."""

    def rest(named):
        return tuple(code for code in named if code not in codes)

    steps = tuple(
        replace(step, predecessors=rest(step.predecessors), soft_predecessors=rest(step.soft_predecessors))
        for step in doc.steps
        if step.code not in codes
    )
    bundles = tuple(replace(bundle, steps=rest(bundle.steps)) for bundle in doc.bundles)
    gates = tuple(replace(gate, requires=rest(gate.requires)) for gate in doc.gates)
    return replace(doc, steps=steps, bundles=bundles, gates=gates)


def changed(doc: CatalogueDocument, **steps: dict) -> CatalogueDocument:
    """The catalogue with other values in some steps, by code."""
    return replace(doc, steps=tuple(replace(step, **steps.get(step.code, {})) for step in doc.steps))


def eighteen() -> CatalogueDocument:
    return without(document(), "S06", "S08", "S16", "S20")


def moved() -> CatalogueDocument:
    """22 steps, lines in the opposite order, one line more, some steps on other lines and in other phases."""
    doc = document()
    lines = (*reversed(doc.lines), LineSpec("SAFE", "安全与节能专项审查线", "Safety and energy"))
    return changed(
        replace(doc, lines=lines),
        S03={"line": "SAFE"},
        S04={"line": "SAFE", "phase": "P2"},
        S07={"phase": "P1"},
        S12={"line": "LAND"},
        S14={"phase": "P2"},
        S15={"line": "EVAL"},
        S18={"line": "SITE"},
    )


def thirty() -> CatalogueDocument:
    """Eight steps more, several in the same cell, and a fifth phase without any."""
    doc = document()
    more = [
        ("S23", "S17", "P3", "SITE", ("S15",)),
        ("S24", "S17", "P3", "SITE", ("S15",)),
        ("S25", "S17", "P3", "SITE", ("S15", "S12")),
        ("S26", "S09", "P2", "LAND", ("S09",)),
        ("S27", "S09", "P2", "LAND", ("S09", "S02")),
        ("S28", "S01", "P1", "FILING", ()),
        ("S29", "S22", "P4", "ACCEPT", ("S21",)),
        ("S30", "S22", "P4", "FILING", ("S18", "S28")),
    ]
    steps = [
        replace(doc.step(like), code=code, seq=int(code[1:]), phase=phase, line=line, predecessors=before,
                soft_predecessors=())
        for code, like, phase, line, before in more
    ]  # fmt: skip
    return replace(doc, steps=(*doc.steps, *steps), phases=(*doc.phases, PhaseSpec("P5", 5, "投产", "Production")))


CATALOGUES = {"shipped": document, "eighteen": eighteen, "moved": moved, "thirty": thirty}


@st.composite
def plans(draw) -> Plan:
    """Any catalogue: up to 16 stops on any lines in any phases, dependencies that may even lead to an earlier phase."""
    phases = tuple(Named(f"P{n}", f"第{n}阶段") for n in range(draw(st.integers(1, 4))))
    lines = tuple(Named(f"L{n}", "很长的线路名称线"[: n + 4]) for n in range(draw(st.integers(1, 5))))
    count = draw(st.integers(1, 16))
    names = st.text("规划许可证（）、ab W", min_size=0, max_size=30)
    codes = [f"S{n:02}" for n in range(count)]
    stops = tuple(
        Stop(code, draw(names), draw(st.sampled_from(phases)).code, draw(st.sampled_from(lines)).code, seq, code)
        for seq, code in enumerate(codes)
    )
    pairs = st.tuples(st.sampled_from(codes), st.sampled_from(codes)).filter(lambda pair: pair[0] < pair[1])
    edges = draw(st.lists(pairs, max_size=24)) if count > 1 else []
    some = st.lists(st.sampled_from(codes), min_size=1, max_size=6, unique=True).map(lambda codes: tuple(sorted(codes)))
    return Plan(
        phases,
        lines,
        stops,
        tuple(Edge(one, two, draw(st.booleans())) for one, two in edges),
        tuple(Bundle(f"B{n}", "五证联发", draw(some)) for n in range(draw(st.integers(0, 2)))),
        tuple(Gate(f"G{n}", "开工", draw(some)) for n in range(draw(st.integers(0, 2)))),
    )
