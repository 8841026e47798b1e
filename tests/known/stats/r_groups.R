# Writes r_groups.csv from r_groups_data.csv: Rscript r_groups.R > r_groups.csv (survival 3.5-3, cmprsk 2.2-11).
suppressMessages({library(survival); library(cmprsk)})
frame <- read.csv("r_groups_data.csv")
tight <- coxph.control(eps = 1e-13, iter.max = 50)
cat("dataset,quantity,value\n")
for (name in unique(frame$dataset)) {
  d <- frame[frame$dataset == name, ]
  say <- function(quantity, value) cat(sprintf("%s,%s,%.17g\n", name, quantity, value), sep = "")
  say(paste("gray", 1:2), cuminc(d$time, d$cause, d$group)$Tests[, 1])
  fit <- crr(d$time, d$cause, as.matrix(d[, c("x", "y")]), failcode = 1, gtol = 1e-14, maxiter = 40)
  say(paste("crr coef", c("x", "y")), fit$coef)
  say(paste("crr se", c("x", "y")), sqrt(diag(fit$var)))
  say("crr loglik", fit$loglik)
  for (ties in c("efron", "breslow", "exact")) {
    test <- cox.zph(coxph(Surv(time, cause == 1) ~ x + y, d, ties = ties, control = tight))$table
    say(paste("zph", ties, rownames(test)), test[, 1])
  }
}
