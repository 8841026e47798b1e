# Values of R's survival package and of base R, as rows CASE, STATISTIC, VALUE (17 digits). No argument, no input.
suppressPackageStartupMessages(library(survival))
options(digits = 17, stringsAsFactors = FALSE)
row <- function(case, statistic, value)
  cat(case, statistic, sprintf("%.17g", as.numeric(value)), sep = "\t", fill = FALSE, "\n")
rows <- function(case, statistics, values) for (i in seq_along(values)) row(case, statistics[i], values[i])

sets <- list(
  lung = data.frame(time = lung$time, status = lung$status - 1, group = lung$sex),
  veteran = data.frame(time = veteran$time, status = veteran$status, group = veteran$trt),
  ovarian = data.frame(time = ovarian$futime, status = ovarian$fustat, group = ovarian$rx),
  aml = data.frame(time = aml$time, status = aml$status, group = as.integer(aml$x)))
for (name in names(sets)) {
  d <- sets[[name]]
  rows(paste0("data ", name), paste0("time ", seq_len(nrow(d))), d$time)
  rows(paste0("data ", name), paste0("status ", seq_len(nrow(d))), d$status)
  rows(paste0("data ", name), paste0("group ", seq_len(nrow(d))), d$group)
  for (type in c("log-log", "log", "plain")) {
    fit <- survfit(Surv(time, status) ~ 1, data = d, conf.type = type)
    case <- paste("survfit", name, type)
    for (t in quantile(d$time, c(0.2, 0.4, 0.6, 0.8), names = FALSE, type = 1)) {
      s <- summary(fit, times = t)
      rows(case, paste(c("survival", "std_error", "lower", "upper", "at_risk"), "at", t),
           c(s$surv, s$std.err, s$lower, s$upper, s$n.risk))
    }
    q <- quantile(fit, c(0.25, 0.75))
    for (i in 1:2) rows(case, paste(c("estimate", "lower", "upper"), "of quantile", c(0.25, 0.75)[i]),
                        c(q$quantile[i], q$lower[i], q$upper[i]))
    # The median as survfit prints it: the first time an upper limit is at or below one half. quantile() takes the last
    # crossing where a limit rises again (aml, log: 48, printed 45).
    rows(case, paste(c("estimate", "lower", "upper"), "of quantile 0.5"),
         summary(fit)$table[c("median", "0.95LCL", "0.95UCL")])
  }
  test <- survdiff(Surv(time, status) ~ group, data = d)
  row(paste("survdiff", name), "chi_square", test$chisq)
  cox <- coxph(Surv(time, status) ~ group, data = d, ties = "efron", control = coxph.control(eps = 1e-12, iter.max = 50))
  rows(paste("coxph", name), c("coefficient", "std_error"), c(coef(cox), sqrt(vcov(cox))))
}

for (n in c(8, 11, 24, 46)) for (x in unique(c(0, 1, n %/% 3, n - 1, n))) for (level in c(0.90, 0.95)) {
  limits <- binom.test(x, n, conf.level = level)$conf.int
  rows(paste("binom.test", x, n, format(level, nsmall = 2)), c("lower", "upper"), limits)
  wilson <- suppressWarnings(prop.test(x, n, conf.level = level, correct = FALSE))$conf.int
  rows(paste("prop.test", x, n, format(level, nsmall = 2)), c("lower", "upper"), wilson)
}
for (x in c(0, 3, 17)) rows(paste("poisson.test", x), c("lower", "upper"), poisson.test(x, T = 50)$conf.int)

# Simon's two-stage design: rejection, stop and expected size from dbinom and pbinom; after the trial the stage-wise
# p-value and the limits of Jennison and Turnbull by uniroot.
designs <- list(c(2, 9, 9, 24, .25, .50), c(2, 8, 6, 18, .20, .50), c(7, 16, 23, 46, .40, .60),
                c(3, 9, 13, 27, .35, .60), c(5, 11, 16, 31, .40, .65))
reach <- function(x, d, p) {  # probability of going on with at least x successes in all
  x1 <- (d[1] + 1):d[2]
  sum(dbinom(x1, d[2], p) * pbinom(x - x1 - 1, d[4] - d[2], p, lower.tail = FALSE))
}
below <- function(x, d, p) {  # probability of a stop, or of going on with at most x successes in all
  x1 <- (d[1] + 1):d[2]
  pbinom(d[1], d[2], p) + sum(dbinom(x1, d[2], p) * pbinom(x - x1, d[4] - d[2], p))
}
root <- function(f) uniroot(f, c(1e-12, 1 - 1e-12), tol = 1e-14)$root
for (d in designs) {
  case <- paste("design", paste(d, collapse = " "))
  pet <- pbinom(d[1], d[2], d[5])
  rows(case, c("alpha", "power", "pet_p0", "en_p0"),
       c(reach(d[3] + 1, d, d[5]), reach(d[3] + 1, d, d[6]), pet, d[2] + (1 - pet) * (d[4] - d[2])))
  for (x in c(d[3], d[3] + 1, d[3] + 4)) {
    case <- paste("after", paste(d, collapse = " "), x)
    rows(case, c("p_value", "lower", "upper"),
         c(reach(x, d, d[5]), root(function(p) reach(x, d, p) - 0.05), root(function(p) below(x, d, p) - 0.05)))
  }
}
