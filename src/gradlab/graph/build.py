"""From what a trace remembers to a Graph: everything that one Record was computed from."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from gradlab.graph.graph import Edge, Graph, Node
from gradlab.graph.snapshot import Snapshot
from gradlab.graph.spelling import INFIX, number
from gradlab.graph.tape import Call, Group, Operand, Pass, Record

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def build(root: Record) -> Graph:
    """The Graph under `root`, with the gradients of the last backward that passed it."""
    return _Builder(root).graph()


class _Builder:
    def __init__(self, root: Record) -> None:
        self.root = root
        self.records = sorted(_under(root), key=lambda record: record.order)
        self.passed: Pass | None = root.passed
        self.ids = {record: f"n{position}" for position, record in enumerate(self.records)}
        self.names = _indexed(self.records)
        self.groups = self._groups()
        self.owners = {record.call: record for record in self.records if record.call and record.call.parts}

    def graph(self) -> Graph:
        nodes = [self.node(record) for record in self.records]
        edges = [self.edge(record, use) for record in self.records for use in record.operands]
        accumulated = self.passed.accumulations if self.passed else {}
        more = [self.accumulation(record) for record in self.records if record in accumulated]
        nodes += [node for node, _ in more]
        edges += [edge for _, edge in more]
        modules = [self.module(group) for group in self.groups]
        opened = frozenset(node.id for node in modules)
        of = self.names.get(self.passed.root) if self.passed else None
        return Graph(tuple(nodes + modules), tuple(edges), self.ids[self.root], of or "L", opened)

    def node(self, record: Record) -> Node:
        call = record.call
        site = call.sites[0] if call and call.sites else None
        kind: Any = "composite" if call and call.parts else record.kind
        return Node(
            id=self.ids[record],
            kind=kind,
            name=self.names.get(record),
            text=self.text(record),
            operation=call.operation if call else None,
            tracked=record.tracked,
            value=record.value,
            gradient=self.gradient(record),
            inside=self.inside(record),
            statement=site.statement if site and call and not call.shared else "",
            file=site.file if site else "",
            line=site.line if site else None,
        )

    def gradient(self, record: Record) -> Snapshot | None:
        if self.passed is None:
            return None
        if record not in self.passed.gradients and record.call and record.call.inside in self.owners:
            owner = self.owners[record.call.inside]
            return self.passed.gradients.get(owner) if record is owner.call.parts[-1] else None  # type: ignore[union-attr]  # owners have a call
        return self.passed.gradients.get(record)

    def inside(self, record: Record) -> str | None:
        call = record.call
        if call is None:
            return None
        if call.inside in self.owners:
            return self.ids[self.owners[call.inside]]
        return self.groups.get(call.group) if call.group else None

    def edge(self, record: Record, use: Operand) -> Edge:
        flow = self.passed.flows.get(use) if self.passed else None
        summed = use.local is not None and flow is not None and use.local.shape != flow.shape
        return Edge(self.ids[use.record], self.ids[record], use.label, use.arrivals > 0, use.local, flow, summed)

    def accumulation(self, record: Record) -> tuple[Node, Edge]:
        assert self.passed is not None
        done, added = self.passed.accumulations[record], self.passed.gradients[record]
        id = f"{self.ids[record]}.grad"
        name = f"{self.names.get(record) or ''}.grad"
        node = Node(id, "accumulation", name, name, None, False, done.after, added, self.inside(record), done.old)
        return node, Edge(id, self.ids[record], "grad", True, None, added)

    def module(self, group: Group) -> Node:
        around = self.groups.get(group.around) if group.around else None
        return Node(self.groups[group], "module", group.name, group.kind, group.kind, True, None, None, around)

    def _groups(self) -> dict[Group, str]:
        """Module calls of more than one operation; around a single one a frame would say nothing."""
        size: dict[Group, int] = defaultdict(int)
        for record in self.records:
            group = record.call.group if record.call and record.call.inside is None else None
            while group is not None:
                size[group], group = size[group] + 1, group.around
        large = [group for group, count in size.items() if count > 1]
        return {group: f"g{position}" for position, group in enumerate(large)}

    def text(self, record: Record) -> str:
        """The user's own source where it is the operation's alone; otherwise the operation, spelled."""
        call = record.call
        if call is None or record.kind == "leaf":
            return self.names.get(record) or ""
        if call.sites and call.sites[0].text and not call.shared and call.inside is None:
            return " ".join(call.sites[0].text.split())
        return self.spelled(call)

    def spelled(self, call: Call) -> str:
        words = [self.word(argument) for argument in call.arguments.values()]
        if call.operation in INFIX and len(words) == 2:
            return f"{words[0]} {INFIX[call.operation]} {words[1]}"
        return f"{call.operation}({', '.join(words)})"

    def word(self, argument: Any) -> str:
        if isinstance(argument, Record):
            return self.names.get(argument) or (self.text(argument) if argument.call is None else "…")
        if isinstance(argument, list | tuple):
            return "[" + ", ".join(self.word(member) for member in argument) + "]"
        return number(argument) if isinstance(argument, float) else str(argument)


def _under(root: Record) -> Iterator[Record]:
    """All that `root` was computed from, with the parts of what can be opened."""
    seen, waiting = {root}, [root]
    while waiting:
        record = waiting.pop()
        yield record
        near = [operand.record for operand in record.operands]
        if record.call is not None:
            near += record.call.parts
        for other in near:
            if other not in seen:
                seen.add(other)
                waiting.append(other)


def _indexed(records: list[Record]) -> dict[Record, str]:
    """Names; where a loop gave one name to several, the last has it and the earlier ones are numbered."""
    several: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if record.name is not None:
            several[record.name].append(record)
    return {
        record: name if record is holders[-1] else name + str(position).translate(_SUBSCRIPTS)
        for name, holders in several.items()
        for position, record in enumerate(holders, 1)
    }
