"""Arrays that the analysis passes on."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
