import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

// What the package promises. A name that is missing here was taken away from somebody; a name that is new here
// stays. Change the list and CHANGELOG.md together.

const root = new URL("../..", import.meta.url);
const path = (file: string): string => fileURLToPath(new URL(file, root));
const { exports: entries } = JSON.parse(readFileSync(path("package.json"), "utf8")) as {
  exports: Record<string, string | { types: string; default: string }>;
};

/** Names in a text, whatever the breaks between them. */
function words(text: string): string {
  return text.trim().split(/\s+/).join(" ");
}

/** Names by entry point: values, then types. */
const api: Readonly<Record<string, { readonly values: string; readonly types: string }>> = {
  ".": {
    values: words(`
      EngraftError adapt adaptModel adaptations cacheFeatures cacheInfo cancelStudy clearCache collectSums compare compareWrittenTexts diagnose distill
      distillMethods errorText evaluate explain exportModel extend inspectData inspectModel learningCurve listBases
      listDevices listRuns load loadEntityModel loadLabelModel loadModel loadRegressor loadTableModel loadTextModel
      openData openSession openTextGenerator optionsOf prepareComparison prepareCurve prepareDiagnosis prepareSeeds pretrain pullBase push rank readPredictions removeRun report
      reportRuns resume resumeAdapt resumeComparison resumeCurve resumeDiagnosis resumePretrain resumeTasks scoreWrittenTexts showBase shownScore simulateFederated startResume
      startRun statusOfQueue statusOfStudy stopRun strategies submitStudy train trainTasks watchRun weightings work workFromQueue
      writeLayout`),
    types: words(`
      AdaptModelOptions AdaptOptions AdaptResultEvent AdaptationName Answer AnyResultEvent AssessOptions Assessment
      BaseInfo BoxModel BoxOptions CacheFeaturesOptions CacheInfo CancelledStudy ChatMessage ClassSample ClassificationScores CollectOptions ColumnWeight
      CompareOptions ComparedEntry ComparedRow ComparedRun ComparisonResult CurveLaw CurveOptions CurveResult
      CurveSize DataInspection Dataset DetectionEvaluation DetectionResultEvent DetectionTest DeviceInfo
      DiagnoseOptions DiagnosedGroup DiagnosedVariant DiagnosisResult Difference DistillMethod DistillOptions
      DryRunResult EngraftEvent EntitiesResultEvent EntityEvaluation EntityModel EntityScores ErrorCode ErrorKind Estimate
      EvaluateOptions Evaluation ExplainMethod ExplainOptions Explanation ExportOptions Exported ExtendOptions
      ExtendedFacts ExtendedSource FailedRun FeaturesResult FederateOptions FederatedResult FederatedRow FoundEntity FreshLayers GenerateOptions GeneratedText GenerationEvaluation GenerationModel GenerationResultEvent GenerationScores HeatMap HolderFacts InspectDataOptions
      Inspection Interval ItemsNeeded LabelAnswer LabelEvaluation LabelModel LabelScores LabelsResultEvent
      LanguageScores Layout ListTasksModel LiveSession LoadOptions LoadedModel MaskModel Model NamedDetection NamedMask
      NumberEvaluation NumberedEvent OldTest OldTestScore OnEvent OptionForm OptionInfo PictureEvaluation
      PreparedStudy PretrainOptions PretrainResultEvent PulledBase PushOptions Pushed QueueStatus QueueWorkOptions QueueWorkResult
      RankOptions RankResult RankedBase
      RankedDistance Recognised RegressionResultEvent RegressionScores Regressor ReportRunsOptions ResultOf
      ResumeComparisonOptions ResumeCurveOptions ResumeOptions ResumeResult RunInfo RunReport RunsReport SampleInput
      SegmentationEvaluation SegmentationResultEvent SegmentationTest SessionBase SessionFit SessionOptions
      SessionSample ShownScore SideDifference SideRun SourceClass SourceDiagnosis SourceDistances SourceFreeResultEvent
      SourceOption StartOptions StartedRun StrategyName StuckJob StudyStatus SubmitOptions SubmittedStudy SumsResult TableClassifier TableModel TableRegressor
      TableResultEvent TableRow Task TaskName TaskOfName TaskOptions TaskResult TasksInput TasksModel TasksOptions
      TasksResultEvent TestPrediction TextGenerator TextModel TextOrPair TextPrompt TimesAsMany TrainOptions TrainResultEvent TrainingStatus TranscriptModel
      TrustResult Verdict WatchOptions Weighting WordWeight WorkOptions WorkResult WorthOfLayers WriteLayoutOptions WrittenSample WrittenTextDifferences WrittenTextOptions WrittenTextScores`),
  },
  "./core": {
    values: words(`
      EngraftError bytesPerElement castTensor draws errorKinds float32 formatShape formatType int64
      isFloat isStatic permutation scalar sizeOf tensor toNumbers zeros`),
    types: words(`
      AdaptCandidate AdaptResultEvent AnyResultEvent BaseEvent Baseline CheckpointEvent
      ClassificationScores ComparedEntry ComparedRow ComparedRun ComparisonResult DType DataEvent
      DataOf Difference Dim DomainDistance DomainEvent Draws EngraftEvent EpochEvent ErrorEvent
      ErrorKind ErrorOptions FailedRun ForecastEvent InitEvent InitReport Interval ItemUnit OnEvent
      OutputScores OverSeeds Part Phase ProgressEvent RegressionBaseline RegressionResultEvent
      RegressionScores RunEvent SeedEvent SeedsF1Result SeedsResult ServingEvent Shape SplitCounts StartEvent StaticShape TableFacts
      TableResultEvent TargetFacts Task Tensor TensorData TensorType
      TrainResultEvent TrainableEvent Verdict WarningEvent`),
  },
  "./onnx": {
    values: words(`
      AttributeProtoSchema AttributeType DataLocation DataType FunctionProtoSchema GraphProtoSchema
      ModelProtoSchema NodeProtoSchema TensorProtoSchema ValueInfoProtoSchema attribute dataTypes
      dtypeOf externalPlace readModel readTensor readType tensorProto valueInfo writeModel`),
    types: words(`
      AttributeProto ExternalData ExternalPlace FunctionProto GraphProto ModelProto NodeProto
      TensorProto ValueInfoProto`),
  },
  "./graph": {
    values: words(`
      Builder Graph adaptChannels adaptInputChannels bindDims extract findCut foldConstants
      fromOnnx graphToProto inferGraph inferNode inline loopModel none parametersOf printGraph
      printNode promote readsOf removeDeadCode stateOutput stepModel stepsInput toOnnx unrollRecurrent verifyGraph`),
    types: words(`
      AnyOpNode CustomNode Cut Evaluate FromOnnxOptions Imported LoopSpec Node OpAttributes OpName
      OpNode OpaqueNode Parameter ParameterKind ToOnnxOptions Value WindowOptions`),
  },
  "./autodiff": {
    values: words(`
      appendOperator decisionOf defineOperator differentiate expandOperators operatorOf refuse rule
      rules zero`),
    types: words(`
      AnyDecision ChooseForm ConvForm ConvGradient ConvShape CustomAttributes CustomContext CustomOperator Decision DifferentiateOptions
      Gradients NoRule NodeContext Rules Vjp VjpContext`),
  },
  "./runtime": {
    values: "",
    types: "CostStore CostTable Port RunOptions Runtime Session SessionOptions TrainingSession TrainingSpec",
  },
  "./runtime/node": {
    values: "nodeRuntime",
    types: "NodeRuntimeOptions",
  },
  "./runtime/web": {
    values: "webRuntime",
    types: "OrtWebModule WebRuntimeOptions",
  },
  "./losses": {
    values: words(`
      attentionMap attentionTransfer classConfusion classWeightsOf coral cosineSimilarityLoss ctcLoss distillationLoss domainConfusion featureMapDrift hintLoss
      huberError jointMmd pooledTo relationalAngle relationalDistance reversalFactor reverseGradient smallestSingularValues
      softmaxCrossEntropy squaredError uncertaintyWeighted weightDrift weightedMean`),
    types: "CrossEntropyOptions CtcLoss CtcTargets JointLayer MapSize",
  },
  "./optim": {
    values: words(`
      adam adamW addWeightDecay applyChange chain constant cosineDecay cosineRestarts linear lion oneCycle
      optimizerNames optimizers polynomial rmsprop scaleByAdam scaleByRate scaleByRms scheduleNames schedules sgd signOfMomentum
      slantedTriangular step traceMomentum warmupStableDecay`),
    types: "Change OptimizerName Schedule ScheduleName Transform UpdateContext",
  },
  "./train": {
    values: words(`
      attention buildStep classification distillation featureMaps feedNames hints multiTask oldAnswers
      projectedGradients regression relatedClasses relations runSteps shrunkHead softTargets spectralShrinkage
      startingPoint weightings`),
    types: words(`
      Attended Batch Before BlockReport ClassificationOptions LoopOptions LoopReport Model ModelOutputs
      MultiTaskOptions Objective Penalty Projection RegressionOptions Step StepFeeds StepOptions TaskHead Term
      TrainableValue Weighting`),
  },
  "./evaluate": {
    values: words(`
      abstainThreshold areaUnderRisk auroc averagePrecision bestPoint boxCountTable boxSizeTable calibrationInterval
      classificationMetrics conformalBands conformalQuantile correctness detectionConfusion detectionDifference
      detectionErrorKinds disagreement energies errorGains
      expectedCalibrationError f1Curve fitClouds fitTemperature halfWidthAt iouThresholds mahalanobis maskConfusion maskErrorKinds
      maskErrors maskPictureScores maskTable matchClasses mcNemar meanInterval mutualInformation
      neighbourDistances nonconformity operatingPoints pairedInterval pictureErrors precisionRecallCurve predictionSet quantile
      readPredictions reliability riskCoverage scoreClassification scoreDetection scoreEntities scoreMasks scoreRegression setMethods
      softmaxRows strangeness studentQuantile studentTwoSided topKAccuracy wilsonInterval worstMasks worstPictures z95`),
    types: words(`
      AnsweredSentence BoxCountRow BoxSizeRow CalibrationInterval ClassClouds ClassDetectionScores ClassMaskScores
      ClassMatches ClassificationAnswers
      Conformal Detection DetectionErrorKind DetectionPicture DetectionScoreOptions DetectionScores Disagreement ErrorGain
      ErrorGains MaskErrorKind MaskErrors MaskRow MaskScores MaskTrouble OperatingPoint PictureErrors PictureTrouble
      PrecisionRecallPoint Predictions ProbabilityAnswers RegressionAnswers ReliabilityBin
      RiskPoint ScoreOptimism ScoreOptions SetMethod Temperature TrueBox`),
  },
  "./statistics": {
    values: words(`
      betaQuantile binomialAtMost chiSquareQuantile compareFamily decide difference disagreement estimate estimateOverSeeds
      fewestGroups fewestSamples fewestSeeds holm
      levelOfRepeatedTest mcNemar meanSquares measureDifference planSeeds ratioShares redrawMeans resample scoreTest splitDifference studentQuantile
      studentTwoSided tangoInterval wilsonInterval z95`),
    types: words(`
      Decision Difference Disagreement Estimate FamilyDifference MeanSquares MeasureRange MeasuredMethods Pair Plan
      RedrawOptions RedrawnMeans ResampleOptions SampleOptions Scores SeedsEstimate`),
  },
  "./transferability": {
    values: words(`
      aDistance distances ensemble frechet frechetDistance gbc hScore leep linearCka logme meanRanks mmd multiKernelMmd nLeep
      nce nearestNeighbours parc
      probeAccuracy regularisedHScore scores sharing transRate`),
    types: words(`
      ADistance Distance DistanceName DistanceRow Frechet GbcVariant LabelledSample LogmeVariant Mmd MmdOptions ScoreName
      ScoreRow SharedWork SourceAnswers`),
  },
  "./methods": {
    values: words(`
      aDistance adaptations averageRounds checkSettings chooseStrategy defaultStrengths finetunePlan fitLogistic
      fitOfPlan fitProbe fitProbeInTurns foldStandardisation harmfulUpdates kliep loopSettings minimise mmd parseSkew plannerOf
      scoreClients scoreUpdates scoringOfClasses scratchPlan splitClients standardisation strategies`),
    types: words(`
      ADistance AdaptationName AdaptationRow Asked AverageOptions Capability FederatedClient Kliep KliepOptions LabelledFeatures
      LinearClassifier LogisticFit LogisticOptions MinimiseOptions Minimum Mmd PlanRequest PlannedFit
      Planner Probe ProbeData ProbeOptions ProbeStep RateGroup RequestedOptions Scoring Setting SettingValue Settings Skew
      SmoothFunction Standardisation StrategyName StrategyRow TrainingPlan`),
  },
  "./web": {
    values:
      "EngraftError connect errorText evaluate explain inspectData listRuns listen load loadModel openCamera openMicrophone openSession readEvents readPredictions removeRun report resume train",
    types: words(`
      Answer Camera CameraOptions ChatMessage Connection DataInspection EngraftEvent ErrorCode ErrorKind Evaluation Explanation FolderFile GenerateOptions GeneratedText KeptRun LabelledPicture ListenOptions ListenedTo ListeningModel Microphone MicrophoneOptions ModelFile ModelSource
      OnConnection OnEvent PagePicture PagePixels PredictPictures RecordOptions Recording ResultOf SessionFit Task TaskName TestPrediction TextPrompt TrainResultEvent TrainedFile WebData WebEvaluateOptions
      WebExplainOptions WebHandle WebInspectOptions WebModel WebReportOptions WebResumeOptions WebSample WebSampleInput WebSession WebSessionOptions WebSetup WebTrainOptions WebTraining WorkerLike`),
  },
  "./web/worker": {
    values: "serve",
    types: "",
  },
  "./testing": {
    values: "allOperatorCases caseFeeds caseGraph caseInput checkGradient operatorCases toFloat64",
    types: "GradientCheck GradientOptions OperatorCase",
  },
};

interface Names {
  readonly values: readonly string[];
  readonly types: readonly string[];
}

/** The names that a source file exports itself or passes on. */
function exportsOf(file: string): Names {
  const code = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  const values: string[] = [];
  const types: string[] = [];
  for (const [, whole, list] of code.matchAll(/^export (type )?\{([^}]*)\}/gm)) {
    for (const entry of list!.split(",").map((e) => e.trim())) {
      if (entry === "") continue;
      const name = entry.replace(/^type /, "").replace(/^.* as /, "");
      (whole || entry.startsWith("type ") ? types : values).push(name);
    }
  }
  const declared = /^export (?:async )?(function|const|class|interface|type) (\w+)/gm;
  for (const [, kind, name] of code.matchAll(declared))
    (kind === "interface" || kind === "type" ? types : values).push(name!);
  expect(code, `${file} names what it exports`).not.toMatch(/^export \*/m);
  return { values: values.sort(), types: types.sort() };
}

/** The source of an entry point's declarations. */
const sourceOf = ({ types }: { readonly types: string }): string =>
  path(types.replace(/^\.\/dist\//, "src/").replace(/\.d\.ts$/, ".ts"));
const doors = Object.entries(entries).filter(([, target]) => typeof target !== "string") as [
  string,
  { types: string; default: string },
][];

test.each(doors)("%s exports what the list says", async (door, target) => {
  const names = exportsOf(sourceOf(target));
  expect({ values: names.values.join(" "), types: names.types.join(" ") }).toEqual(api[door]);
});

test("every door has these values when the built package is loaded by its name", {
  tags: ["thorough"],
}, async () => {
  const names = doors.map(([door]) => door.replace(/^\./, "engraft"));
  const script = `for (const name of ${JSON.stringify(names)})
    console.log(Object.keys(await import(name)).sort().join(" "));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: path("."),
  });
  expect(stdout.trimEnd().split("\n")).toEqual(doors.map(([door]) => api[door]?.values));
});

/** The modules that a program loads before it ends, as file names. */
async function modulesOf(code: string): Promise<string[]> {
  const hooks = `import { writeSync } from "node:fs";
    export const load = (url, context, next) => (writeSync(2, url + "\\n"), next(url, context));`;
  const script = `import { register } from "node:module";
    register("data:text/javascript," + encodeURIComponent(${JSON.stringify(hooks)}));
    ${code}`;
  const { stderr } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: path("."),
  });
  return stderr.split("\n").filter((line) => line.startsWith("file:"));
}

test("the front loads neither runtime nor decoder nor hub before they are needed", {
  tags: ["thorough"],
}, async () => {
  const modules = await modulesOf('await import("engraft");');
  expect(modules.some((file) => file.endsWith("/dist/index.js"))).toBe(true);
  const heavy = /node_modules\/(onnxruntime-\w+|sharp|@huggingface|cli-progress|proper-lockfile)\//;
  expect(modules.filter((file) => heavy.test(file))).toEqual([]);
});

test("every entry point has its file, with declarations next to it", () => {
  // The page's side is one file, which shares none with the worker: `vite dev` then finds the worker's packages without
  // making this one anew, which would reload the page.
  const bundled: Readonly<Record<string, string>> = { "./web": "./dist/browser/engraft.js" };
  for (const [door, target] of doors) {
    expect(existsSync(sourceOf(target)), door).toBe(true);
    expect(existsSync(path(target.default)), door).toBe(true);
    expect(target.default, door).toBe(bundled[door] ?? target.types.replace(/\.d\.ts$/, ".js"));
  }
});

test("the program answers under the name that the package gives it", async () => {
  const { bin, version } = JSON.parse(readFileSync(path("package.json"), "utf8"));
  const { stdout } = await promisify(execFile)(process.execPath, [path(bin.engraft), "--version"]);
  expect(stdout).toBe(`${version}\n`);
});
