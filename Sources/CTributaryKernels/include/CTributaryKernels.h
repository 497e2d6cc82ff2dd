#pragma once
/// The loops that need run-time CPU dispatch. Nothing here allocates, blocks or knows a shape.
#include "aggregation.h"
