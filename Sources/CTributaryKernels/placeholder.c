#include "CTributaryKernels.h"
