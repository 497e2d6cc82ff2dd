#pragma once
/// The loops that need run-time CPU dispatch. Nothing here allocates, blocks or knows a shape.
#include "aggregation.h"
#include "attention.h"
#include "batch_norm.h"
#include "binary.h"
#include "indexing.h"
#include "normalization.h"
#include "optimizers.h"
#include "random.h"
#include "reduction.h"
#include "softmax.h"
#include "unary.h"
