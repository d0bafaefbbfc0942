"""Figures of what Kesu costs, and what others cost beside it: one file a measurement, `python -m benchmarks` runs them."""

import warnings

warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
