"""The figures of the proof: written by the runs, put into `docs/approvals.md` and `docs/approvals.zh.md` by `python -m tests.approvals.figures`."""

import os
import sys
from collections import Counter
from pathlib import Path

from tests.approvals.play import MOVES
from tests.approvals.structures import STRUCTURES

ROOT = Path(__file__).resolve().parent.parent.parent
BEGIN, END = "<!-- figures: begin (make prove) -->", "<!-- figures: end -->"
WORDS = {"docs/approvals.md": ("random runs; in each cell how often the move was made there", None),
         "docs/approvals.zh.md": ("次随机运行；每格为该操作在该结构中执行的次数", "zh")}
STRUCTURES_ZH = dict(zip(STRUCTURES, (
    "顺序", "汇聚之前", "在汇聚处等待", "汇聚之后", "循环内", "循环的返回路上", "循环包住并行块", "会签进行中", "会签已定", "内嵌子流程", "调用活动",

    "边界事件触发之后", "包容网关", "事件子流程"), strict=True))
MOVES_ZH = dict(zip(MOVES, (
    "驳回上一步", "驳回发起人", "驳回指定节点", "驳回并结束", "驳回后直达", "撤回", "拿回", "撤销", "终止", "跳转", "向前跳转", "挂起/激活",
    "前加签", "后加签", "并加签",
    "减签", "转办", "委派", "离职转交", "抄送", "催办", "认领/放回", "批量", "两人同时操作", "同时签署",
    "更正（审批人读过）", "更正（其他）", "角色变更", "消息", "处理事件"), strict=True))


def write(made: Counter, runs: int, shard: int) -> None:
    """Leave the figures of one shard where they were asked for."""
    place = os.environ.get("FIGURES")
    if place:
        rows = [f"{structure}\t{move}\t{made[structure, move]}" for structure in STRUCTURES for move in MOVES]
        Path(f"{place}.{shard}").write_text("\n".join([str(runs), *rows]) + "\n")


def read(paths: list[Path]) -> tuple[int, Counter]:
    """Add up the figures of all shards."""
    runs, made = 0, Counter()
    for path in paths:
        first, *rows = path.read_text().splitlines()
        runs += int(first)
        for row in rows:
            structure, move, count = row.split("\t")
            made[structure, move] += int(count)
    return runs, made


def table(runs: int, made: Counter, words: str, language: str | None) -> str:
    """The matrix of move and structure as Markdown."""
    moves, structures = (MOVES_ZH, STRUCTURES_ZH) if language else ({each: each for each in MOVES}, {each: each for each in STRUCTURES})
    head = "| | " + " | ".join(structures[each] for each in STRUCTURES) + " |\n|---|" + "---|" * len(STRUCTURES)
    rows = [f"| {moves[move]} | " + " | ".join(str(made[structure, move]) for structure in STRUCTURES) + " |" for move in MOVES]
    return "\n".join([f"{runs:,} {words}.", "", head, *rows])


def main(paths: list[str]) -> None:
    """Put the figures into both pages."""
    runs, made = read([Path(each) for each in paths])
    for name, (words, language) in WORDS.items():
        page = ROOT / name
        before, _, rest = page.read_text().partition(BEGIN)
        page.write_text(before + BEGIN + "\n" + table(runs, made, words, language) + "\n" + END + rest.partition(END)[2])


if __name__ == "__main__":
    main(sys.argv[1:])
