"""The computation graph of ordinary PyTorch code: names, values, gradients, and the picture of it."""

from gradlab.graph.graph import Edge, Graph, Node
from gradlab.graph.script import WRITERS, graph_of_script, save
from gradlab.graph.snapshot import Snapshot, Statistics
from gradlab.graph.tracing import Trace, trace

__all__ = ["WRITERS", "Edge", "Graph", "Node", "Snapshot", "Statistics", "Trace", "graph_of_script", "save", "trace"]
