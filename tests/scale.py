"""How large the proofs are: 1 in `make test`, 100 in `make long`."""

import os

SCALE = int(os.environ.get("QUALITY_TEST_SCALE", "1"))
