"""Writes features.safetensors: what scikit-learn, SciPy and NumPy make of two small data sets.

Needs: numpy scipy scikit-learn safetensors. Run: python generate_features.py
"""

import pathlib

import numpy as np
import scipy.linalg
import scipy.optimize
from safetensors.numpy import save_file
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.feature_selection import f_classif
from sklearn.linear_model import Lasso, LogisticRegression, Ridge
from sklearn.metrics import mutual_info_score
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid

random = np.random.default_rng(7)
out = {}
n, m, d, classes = 60, 40, 8, 3
y = np.sort(np.r_[np.arange(classes), random.choice(classes, n - classes, p=[0.5, 0.3, 0.2])])
x = random.standard_normal((n, d)) @ random.standard_normal((d, d)) + random.standard_normal((classes, d))[y] + 0.5
t = random.standard_normal((m, d)) @ random.standard_normal((d, d)) - 0.3
omega = random.uniform(0.2, 3, n)
onehot = np.eye(classes)[y]
out |= {"source": x, "labels": y, "target": t, "weights": omega}


def signed(rows):
    """Of a vector and its opposite, the one whose largest element is positive."""
    return np.stack([row * np.sign(row[np.argmax(np.abs(row))]) for row in rows])


def head(name, weight, bias):
    out[f"{name}/weight"], out[f"{name}/bias"] = weight, bias


ridge = Ridge(alpha=2).fit(x, onehot)
head("ridge", ridge.coef_, ridge.intercept_)
ridge = Ridge(alpha=2).fit(x, onehot, sample_weight=omega)
head("ridge-weighted", ridge.coef_, ridge.intercept_)
lda = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.2).fit(x, y)
head("lda", lda.coef_, lda.intercept_)
out["prototype/predictions"] = NearestCentroid().fit(x, y).predict(t)
out["nearest/predictions"] = KNeighborsClassifier(1).fit(x, y).predict(t)
for name, weights in [("logistic", None), ("logistic-weighted", omega)]:
    fit = LogisticRegression(C=0.5, tol=1e-10, max_iter=100000).fit(x, y, sample_weight=weights)
    head(name, fit.coef_, fit.intercept_ - fit.intercept_.mean())

pca = PCA(3).fit(x)
out["pca/directions"], out["pca/variances"] = signed(pca.components_), pca.explained_variance_ * (n - 1) / n
ridge = Ridge(alpha=2).fit(x @ pca.components_.T, onehot)
head("ridge-components", ridge.coef_ @ pca.components_, ridge.intercept_)

cs, ct = np.cov(x.T) + np.eye(d), np.cov(t.T) + np.eye(d)
out["coral"] = x @ np.linalg.inv(scipy.linalg.sqrtm(cs)).real @ scipy.linalg.sqrtm(ct).real

ps, pt = signed(PCA(3).fit(x).components_), signed(PCA(3).fit(t).components_)
out["alignment/source"] = (x - x.mean(0)) @ ps.T @ ps @ pt.T
out["alignment/target"] = (t - t.mean(0)) @ pt.T

everything = np.r_[x, t]
mark = np.r_[np.full(n, 1 / n), np.full(m, -1 / m)]
centering = np.eye(n + m) - 1 / (n + m)
for name, z in [("primal", everything), ("gaussian", rbf_kernel(everything, gamma=0.05))]:
    distance = z.T @ np.outer(mark, mark) @ z + 0.5 * np.eye(z.shape[1])
    values, vectors = scipy.linalg.eigh(z.T @ centering @ z, distance)
    embedded = z @ signed(vectors.T[::-1][:3]).T
    out[f"tca-{name}/source"], out[f"tca-{name}/target"] = embedded[:n], embedded[n:]

kernel = rbf_kernel(x, gamma=0.2)
pull = rbf_kernel(x, t, gamma=0.2).sum(1) * n / m
slack = (np.sqrt(n) - 1) / np.sqrt(n)
found = scipy.optimize.minimize(
    lambda b: b @ kernel @ b / 2 - pull @ b, np.ones(n), jac=lambda b: kernel @ b - pull, method="SLSQP",
    bounds=[(0, 3)] * n, options={"ftol": 1e-15, "maxiter": 10000},
    constraints=[{"type": "ineq", "fun": lambda b: n * slack - (b.sum() - n), "jac": lambda b: -np.ones(n)},
                 {"type": "ineq", "fun": lambda b: n * slack + (b.sum() - n), "jac": lambda b: np.ones(n)}])
assert found.success
out["kmm"] = found.x

domain = np.r_[np.zeros(n), np.ones(m)]
# Two classes of weights ±w/2 cost half of what scikit-learn's one vector w costs.
fit = LogisticRegression(C=2, tol=1e-12, max_iter=100000).fit(everything, domain)
p = fit.predict_proba(x)
out["density-ratio"] = p[:, 1] / p[:, 0] * n / m

out["anova"] = f_classif(x, y)[0]
lasso = [Lasso(alpha=0.02, tol=1e-14, max_iter=1000000).fit(x, onehot[:, c]).coef_ for c in range(classes)]
out["lasso"] = np.stack(lasso)
scores = []
for column in x.T:
    bounds = np.sort(column)[[k * n // 10 for k in range(1, 10)]]
    scores.append(mutual_info_score((column[:, None] >= bounds).sum(1), y))
out["mutual-information"] = np.array(scores)


def evidence(f, target):
    """The largest log evidence of Bayesian linear regression, an example, found by a general optimiser."""
    size = len(target)

    def negative(point):
        alpha, beta = np.exp(point)
        a = alpha * np.eye(f.shape[1]) + beta * f.T @ f
        mean = beta * np.linalg.solve(a, f.T @ target)
        value = (f.shape[1] / 2 * np.log(alpha) + size / 2 * np.log(beta)
                 - beta / 2 * ((f @ mean - target) ** 2).sum() - alpha / 2 * (mean**2).sum()
                 - np.linalg.slogdet(a)[1] / 2 - size / 2 * np.log(2 * np.pi))
        return -value / size

    return -scipy.optimize.minimize(negative, np.zeros(2), method="Nelder-Mead",
                                    options={"xatol": 1e-10, "fatol": 1e-14, "maxiter": 10000}).fun


out["logme"] = np.array([np.mean([evidence(x, onehot[:, c]) for c in range(classes)])])
wide = random.standard_normal((20, 30))
wide_labels = np.arange(20) % 3
out["wide/source"], out["wide/labels"] = wide, wide_labels
out["wide/logme"] = np.array([np.mean([evidence(wide, np.eye(3)[wide_labels][:, c]) for c in range(3)])])
means = np.stack([x[y == c].mean(0) for c in range(classes)])[y]
out["hscore"] = np.array([np.trace(np.linalg.pinv(np.cov(x.T)) @ np.cov(means.T))])
theta = random.dirichlet(np.ones(5), n)
theta[np.arange(n), y] += 1
theta /= theta.sum(1, keepdims=True)
joint = onehot.T @ theta / n
conditional = joint / joint.sum(0)
out["leep/probabilities"] = theta
out["leep"] = np.array([np.mean(np.log((theta * conditional[y]).sum(1)))])

save_file({name: np.ascontiguousarray(value, dtype=np.int64 if value.dtype.kind == "i" else np.float64)
           for name, value in out.items()}, pathlib.Path(__file__).with_name("features.safetensors"))
